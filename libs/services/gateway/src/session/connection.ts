import {
  isQuirkOn,
  packQuirks,
  stationKey,
  type ClientCertificate,
  type Protocol,
  type QuirkSettings,
  type Registration,
  type StationRef,
} from '@voltbus/contracts';
import type { ConnectionLog } from '../message-log/message-log';
import type { Admitted } from '../admission/admission';
import type { SecurityProfile } from '../admission/proofs';
import type { GatewayTelemetry } from '../telemetry';
import type { StationSocket } from '../transport';
import { CLOSE_REASONS, type CloseReason } from './close-reasons';
import { withoutMilliseconds } from './sent-quirks';

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
  /** What is switched for the station when it connects. */
  quirks: QuirkSettings;
  telemetry: Pick<GatewayTelemetry, 'quirkApplied'>;
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
  /** As lane records have it; null: nothing is switched. */
  packedQuirks: Buffer | null = null;
  private switched: QuirkSettings = {};
  private readonly socket: StationSocket;
  private readonly telemetry: ConnectionParts['telemetry'];

  constructor(parts: ConnectionParts) {
    const { ref, protocol, securityProfile, passwordRotation, certificate, serverIssuers, registration, socket, messageLog } = parts;
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
    this.telemetry = parts.telemetry;
    this.quirks = parts.quirks;
  }

  /** Changes with the answer to a BootNotification, and when an operator switches something. */
  get quirks(): QuirkSettings {
    return this.switched;
  }

  set quirks(quirks: QuirkSettings) {
    this.switched = quirks;
    this.packedQuirks = Object.keys(quirks).length === 0 ? null : packQuirks(quirks);
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
  send(written: string): boolean {
    const text = this.asRead(written);
    const sent = this.socket.send(text);
    if (sent === 'dropped' && this.socket.open) this.close('reads-slowly');
    if (sent !== 'dropped') this.messageLog?.logOutbound(text);
    return sent !== 'dropped';
  }

  /** The station is not disturbed by it where it is known to be. */
  ping(): void {
    if (isQuirkOn(this.switched, 'no-pings')) this.telemetry.quirkApplied('no-pings');
    else this.socket.ping();
  }

  /** Only the first call counts. */
  close(closeReason: CloseReason, text: string = CLOSE_REASONS[closeReason].reason): void {
    this.closeReason ??= closeReason;
    if (closeReason === 'silent') this.socket.terminate();
    else this.socket.close(CLOSE_REASONS[closeReason].code, text);
  }

  /** The text as the station can read it. */
  private asRead(text: string): string {
    if (!isQuirkOn(this.switched, 'times-without-milliseconds')) return text;
    const whole = withoutMilliseconds(text);
    if (whole !== text) this.telemetry.quirkApplied('times-without-milliseconds');
    return whole;
  }
}
