export { networkOfAddress, sourceOfAddress } from './addresses';
export { chooseTransport, type TransportChoice } from './choose-transport';
export { type CertificateFlaw, type ConnectionSecurity, type PresentedCertificate } from './connection-security';
export {
  PortInUse,
  type RefusalStatus,
  type Sent,
  type SocketListener,
  type StationSocket,
  type StationTransport,
  type TransportCapabilities,
  type TransportHandler,
  type TransportRefusal,
  type UpgradeDecision,
  type UpgradeRequest,
} from './station-transport';
export { hasStrongKey } from './tls/presented-certificate';
export { ServerCertificates } from './tls/server-certificates';
export { WatchedFiles, type WatchEvents } from './tls/watched-files';
export { WsTransport } from './ws-transport';
export { idleTimeoutSeconds, TRANSPORT_LIMITS, type TransportLimits } from './transport-limits';
