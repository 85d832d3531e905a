export { chooseTransport, type TransportChoice } from './choose-transport';
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
export { idleTimeoutSeconds, TRANSPORT_LIMITS, type TransportLimits } from './transport-limits';
