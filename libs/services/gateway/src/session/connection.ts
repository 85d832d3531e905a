import { stationKey, type ClientCertificate, type Protocol, type Registration, type StationRef } from '@voltbus/contracts';
import type { ConnectionLog } from '../message-log/message-log';
import type { Admitted } from '../admission/admission';
import type { SecurityProfile } from '../admission/proofs';
import type { StationSocket } from '../transport';
import { CLOSE_REASONS, type CloseReason } from './close-reasons';

/** The entry of a connection in the registry. */
export interface ConnectionOwner {
  inst: string;
  bucket: number;
  epoch: number;
  /** False when this gateway minted the epoch itself because the registry was away. */
  registered: boolean;
}

export interface ConnectionParts {
  ref: StationRef;
  protocol: Protocol;
  /** The security profile that the station uses. */
  securityProfile: SecurityProfile;
  /** The rotation whose new password has proved the station; null: none. */
  passwordRotation: string | null;
  /** The client certificate that proved it, as far as it is known. */
  certificate?: ClientCertificate | undefined;
  /** The CAs by which the station may have believed our certificate. */
  serverIssuers?: Admitted['serverIssuers'];
  registration: Registration;
  socket: StationSocket;
  /** Null when the tenant does not want copies of its messages. */
  messageLog: ConnectionLog | null;
}

/** What the two directions of a session share: the station, its socket, its registration and its entry in the registry. */
export class Connection {
  readonly key: string;
  readonly ref: StationRef;
  readonly protocol: Protocol;
  readonly securityProfile: SecurityProfile;
  readonly passwordRotation: string | null;
  readonly certificate: ClientCertificate | undefined;
  readonly serverIssuers: Admitted['serverIssuers'];
  readonly messageLog: ConnectionLog | null;
  /** Changes with the answer to a BootNotification. */
  registration: Registration;
  /** Null until the registry has answered, or has failed to. */
  owner: ConnectionOwner | null = null;
  /** Why this gateway closed the connection; null when it did not. */
  closeReason: CloseReason | null = null;
  private readonly socket: StationSocket;

  constructor({
    ref,
    protocol,
    securityProfile,
    passwordRotation,
    certificate,
    serverIssuers,
    registration,
    socket,
    messageLog,
  }: ConnectionParts) {
    this.key = stationKey(ref);
    this.ref = ref;
    this.protocol = protocol;
    this.securityProfile = securityProfile;
    this.passwordRotation = passwordRotation;
    this.certificate = certificate;
    this.serverIssuers = serverIssuers;
    this.registration = registration;
    this.socket = socket;
    this.messageLog = messageLog;
  }

  get open(): boolean {
    return this.socket.open;
  }

  get transport(): StationSocket['transport'] {
    return this.socket.transport;
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress;
  }

  get bufferedBytes(): number {
    return this.socket.bufferedBytes;
  }

  /** Returns false when the socket is gone or did not take the message. A station that missed a message is disconnected. */
  send(text: string): boolean {
    const sent = this.socket.send(text);
    if (sent === 'dropped' && this.socket.open) this.close('reads-slowly');
    if (sent !== 'dropped') this.messageLog?.logOutbound(text);
    return sent !== 'dropped';
  }

  ping(): void {
    this.socket.ping();
  }

  /** Only the first call counts. */
  close(closeReason: CloseReason, text: string = CLOSE_REASONS[closeReason].reason): void {
    this.closeReason ??= closeReason;
    if (closeReason === 'silent') this.socket.terminate();
    else this.socket.close(CLOSE_REASONS[closeReason].code, text);
  }
}
