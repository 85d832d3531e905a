import { randomBytes } from 'node:crypto';
import { SealedSecrets, type StationProfile } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { withTimeout } from '@voltbus/flow';
import { encryptionKeys, peppers, type Settings } from '@voltbus/runtime';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { Admission, type Admitted } from './admission/admission';
import { StationProfiles } from './admission/profiles';
import { Downlink } from './downlink/downlink';
import { MessageLog } from './message-log/message-log';
import { MessageLogTelemetry } from './message-log/telemetry';
import { ConnectionEvents } from './ownership/connection-events';
import { drain } from './ownership/drain';
import { registerGauges } from './ownership/gauges';
import { Ownership } from './ownership/ownership';
import { SessionWatch } from './ownership/session-watch';
import { Sessions } from './ownership/sessions';
import { CLOSE_REASONS } from './session/close-reasons';
import { CommandResults } from './session/command-results';
import type { Connection } from './session/connection';
import { Session } from './session/session';
import { UnansweredBoots } from './session/unanswered-boots';
import { StationListeners, type ListenerSettings, type ListeningPorts } from './station-listeners';
import { GatewayTelemetry } from './telemetry';
import {
  idleTimeoutSeconds,
  type SocketListener,
  type StationSocket,
  type TransportHandler,
  type TransportLimits,
  type TransportRefusal,
  type UpgradeDecision,
  type UpgradeRequest,
} from './transport';

export type GatewaySettings = ListenerSettings &
  Pick<
    Settings,
    | 'INSTALLATION'
    | 'KEY_PEPPER'
    | 'KEY_PEPPER_PREVIOUS'
    | 'KEY_PEPPER_NEXT'
    | 'ENCRYPTION_KEY'
    | 'ENCRYPTION_KEY_PREVIOUS'
    | 'ENCRYPTION_KEY_NEXT'
    | 'POD_NAME'
    | 'SUBPROTOCOL_MISMATCH'
    | 'SUBPROTOCOL_MISSING'
    | 'PING_SECONDS'
    | 'HEARTBEAT_SECONDS'
    | 'ASSERT_SECONDS'
  >;

export interface GatewayParts {
  settings: GatewaySettings;
  bus: Bus;
  connections: Connections;
  logger: Logger;
  metrics: Metrics;
  limits?: Partial<TransportLimits>;
}

/** How long a stop waits for the bus to take the last events and results of commands. */
const FLUSH_MS = 2_000;
const CONTROL_CHARACTERS = /\p{Cc}/gu;
const CLOSED_LISTENER: SocketListener = {
  onMessage: () => undefined,
  onPing: () => undefined,
  onPong: () => undefined,
  onDisconnected: () => undefined,
};

/** Holds the sockets of stations: builds the blocks, and passes connections, frames and records between them. */
export class Gateway implements TransportHandler<Admitted> {
  readonly inst: string;
  readonly sessions = new Sessions();
  private readonly telemetry: GatewayTelemetry;
  private readonly results: CommandResults;
  private readonly profiles: StationProfiles;
  private readonly admission: Admission;
  private readonly events: ConnectionEvents;
  private readonly messageLog: MessageLog;
  private readonly ownership: Ownership;
  private readonly watch: SessionWatch;
  private readonly downlink: Downlink;
  private readonly listeners: StationListeners;
  private readonly secrets: SealedSecrets;
  private readonly unansweredBoots = new UnansweredBoots();
  private draining = false;

  constructor(private readonly parts: GatewayParts) {
    const { settings, bus, connections, logger, metrics } = parts;
    const { sessions } = this;
    const inst = `${settings.POD_NAME}-${randomBytes(4).toString('hex')}`;
    const telemetry = new GatewayTelemetry(logger, metrics);
    const results = new CommandResults(bus, telemetry);
    const events = new ConnectionEvents(bus, settings.INSTALLATION, (error, type) => telemetry.publishFailed(error, type));
    const ownership = new Ownership({ inst, assertSeconds: settings.ASSERT_SECONDS, bus, connections, sessions, events, telemetry });
    const profiles = new StationProfiles(bus, connections, () => ownership.lease);
    this.inst = inst;
    this.secrets = new SealedSecrets(encryptionKeys(settings));
    this.telemetry = telemetry;
    this.results = results;
    this.events = events;
    this.messageLog = new MessageLog({ bus, telemetry: new MessageLogTelemetry(logger, metrics) });
    this.ownership = ownership;
    this.watch = new SessionWatch({ bus, sessions, ownership, telemetry });
    this.profiles = profiles;
    const limits = { idleTimeoutSeconds: idleTimeoutSeconds(settings.PING_SECONDS, settings.HEARTBEAT_SECONDS), ...parts.limits };
    this.listeners = new StationListeners({ settings, handler: this, limits, logger, metrics });
    this.admission = new Admission({
      bus,
      profiles,
      telemetry,
      peppers: peppers(settings),
      subprotocolMismatch: settings.SUBPROTOCOL_MISMATCH,
      missingProtocol: settings.SUBPROTOCOL_MISSING === 'refuse' ? null : settings.SUBPROTOCOL_MISSING,
      certificates: this.listeners.certificates,
      onRefused: (remoteAddress, ref, reason) => events.publishRefused(remoteAddress, ref, reason),
    });
    this.downlink = new Downlink({ inst, bus, sessions, profiles, results, telemetry });
    registerGauges(metrics, sessions, () => this.draining);
  }

  /** Follows the downlink first, because a station whose calls cannot be answered must not connect. Resolves with the ports taken. */
  async start(): Promise<ListeningPorts> {
    await this.ownership.start();
    await this.downlink.follow(this.ownership.lease.bucket);
    this.watch.start();
    return this.listeners.listen();
  }

  /** Drains the sessions, then leaves the registry and the bus. */
  async stop(withinMs: number): Promise<void> {
    this.draining = true;
    this.telemetry.draining(this.sessions.size);
    this.admission.startDraining();
    this.listeners.stopListening();
    await drain(this.sessions, withinMs);
    this.watch.stop();
    await this.listeners.close();
    await this.ownership.stop();
    const flushed = Promise.all([this.results.flush(), this.events.flush(), this.messageLog.stop()]);
    await withTimeout(flushed, FLUSH_MS, () => undefined);
    for (const one of [this.results, this.events]) one.stop();
    await this.downlink.stop();
  }

  /** Looks at once whether certificate files of the TLS port have changed, which is done every few seconds anyway. */
  lookAtFiles(): void {
    this.listeners.lookAtFiles();
  }

  decideUpgrade(request: UpgradeRequest): Promise<UpgradeDecision<Admitted>> {
    return this.admission.decideUpgrade(request);
  }

  onConnected(socket: StationSocket, admitted: Admitted): SocketListener {
    const { ref, protocol, profile, securityProfile, keyHash, certificate } = admitted;
    if (protocol === null) {
      socket.close(CLOSE_REASONS['no-version'].code, CLOSE_REASONS['no-version'].reason);
      return CLOSED_LISTENER;
    }
    const { bus, settings } = this.parts;
    const session = new Session({
      ref,
      protocol,
      socket,
      bus,
      registration: profile.registration,
      bootUnanswered: this.unansweredBoots.takeStation(ref),
      securityProfile,
      passwordRotation: rotationProven(profile, keyHash),
      secrets: this.secrets,
      certificate,
      intervals: { pingMs: settings.PING_SECONDS * 1_000, heartbeatMs: settings.HEARTBEAT_SECONDS * 1_000 },
      policy: { answersUpdates: profile.answersUpdates },
      results: this.results,
      telemetry: this.telemetry,
      messageLog: profile.keepsMessages === true ? this.messageLog.openConnectionLog(ref) : null,
      onUnsent: (commandId) => this.downlink.forgetCommand(commandId),
      onProtocolMismatch: (connection, action) => this.onProtocolMismatch(connection, action),
      onDisconnected: (ended, code, reason) => this.onDisconnected(ended, code, reason),
    });
    this.sessions.add(session);
    if (keyHash !== null && admitted.rehashed !== null) this.events.publishRehash({ ...ref, before: keyHash, after: admitted.rehashed });
    this.registerSession(session, admitted).catch((error: unknown) => {
      this.telemetry.defect(error);
      session.close('unackable');
    });
    return session.socketListener();
  }

  onRefused(reason: TransportRefusal, remoteAddress: string): void {
    this.telemetry.transportRefused(reason, remoteAddress);
    // Nobody knows which station it is before the handshake; the address is what an operator has to look for.
    if (reason.startsWith('tls-') && remoteAddress !== '') this.events.publishRefused(remoteAddress, null, reason);
  }

  onDefect(error: unknown): void {
    this.telemetry.defect(error);
  }

  private async registerSession(session: Session, admitted: Admitted): Promise<void> {
    await this.ownership.acquire(session);
    const { ref, open } = session.connection;
    if (open && (await this.profiles.isAdmissionRevoked(ref, admitted.profile, admitted))) session.close('evicted');
  }

  private onProtocolMismatch(connection: Connection, action: string): void {
    const published = this.events.publishProtocolMismatch(connection, action);
    this.telemetry.protocolMismatch(connection, action, published);
  }

  private onDisconnected(session: Session, code: number, reason: string): void {
    const { connection } = session;
    this.sessions.remove(session);
    if (this.sessions.byKey(connection.key) === undefined) this.unansweredBoots.onDisconnected(connection, session.bootMissing);
    this.telemetry.disconnected(connection, code, reason);
    this.ownership.release(session);
    // NUL cannot be stored, and other control characters mean nothing.
    this.events.publishDisconnected(connection, reason === '' ? `code ${code}` : reason.replace(CONTROL_CHARACTERS, ' '));
  }
}

/** The rotation whose new password has proved the station. */
function rotationProven({ passwordRotation = null }: StationProfile, keyHash: string | null): string | null {
  return keyHash !== null && passwordRotation?.keyHashes.includes(keyHash) === true ? passwordRotation.id : null;
}
