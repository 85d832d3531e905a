import { randomBytes } from 'node:crypto';
import type { StationProfile } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import type { Settings } from '@voltbus/runtime';
import { Admission, type Admitted } from './admission/admission';
import { ConnectionEvents } from './ownership/connection-events';
import { Downlink } from './downlink';
import { drain } from './ownership/drain';
import { CLOSE_REASONS, type CloseReason } from './session/close-reasons';
import { registerGauges } from './ownership/gauges';
import { MessageLog } from './message-log/message-log';
import { GatewayTelemetry } from './telemetry';
import { SILENT_INTERVALS, TICK_MS } from './limits';
import { Ownership } from './ownership/ownership';
import { Profiles } from './admission/profiles';
import { Session } from './session/session';
import { Sessions } from './ownership/sessions';
import { CommandResults } from './session/command-results';
import {
  chooseTransport,
  type SocketListener,
  type StationSocket,
  type StationTransport,
  type TransportHandler,
  type TransportLimits,
} from './transport';
import { UnansweredBoots } from './session/unanswered-boots';
import type { Logger, Metrics } from '@voltbus/telemetry';

export type GatewaySettings = Pick<
  Settings,
  | 'HOST'
  | 'OCPP_PORT'
  | 'KEY_PEPPER'
  | 'POD_NAME'
  | 'TRANSPORT'
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

/** The last resort of a transport that cuts silent sockets by itself: later than ours, within what it allows. */
const IDLE_MARGIN_SECONDS = 30;
const MOST_IDLE_SECONDS = 960;
/** How long a stop waits for the bus to take who left and what became of commands. */
const LAST_WORDS_MS = 2_000;
/** A process that did not run for so long was paused or starved. */
const STOOD_MS = 5 * TICK_MS;
/** Anything but controls: NUL is not to be stored. */
const CONTROLS = /\p{Cc}/gu;

/** Holds stations' sockets: who may connect, whose connection it is, what goes up, what comes down. */
export class Gateway implements TransportHandler<Admitted> {
  readonly inst: string;
  readonly sessions = new Sessions();
  private readonly telemetry: GatewayTelemetry;
  private readonly settlements: CommandResults;
  private readonly profiles: Profiles;
  private readonly admission: Admission;
  private readonly events: ConnectionEvents;
  private readonly frames: MessageLog;
  private readonly ownership: Ownership;
  private readonly downlink: Downlink;
  private readonly transport: StationTransport;
  private readonly unansweredBoots = new UnansweredBoots();
  private ticking: NodeJS.Timeout | undefined;
  private draining = false;
  private tickedAt = performance.now();
  private awakeSince = performance.now();

  constructor(private readonly parts: GatewayParts) {
    const { settings, bus, connections, logger, metrics } = parts;
    this.inst = `${settings.POD_NAME}-${randomBytes(4).toString('hex')}`;
    this.telemetry = new GatewayTelemetry(logger, metrics);
    this.settlements = new CommandResults(bus, this.telemetry);
    this.events = new ConnectionEvents(bus, this.telemetry);
    this.frames = new MessageLog({ bus, telemetry: this.telemetry });
    const { inst, sessions, telemetry, settlements, events } = this;
    this.ownership = new Ownership({ inst, assertSeconds: settings.ASSERT_SECONDS, bus, connections, sessions, events, telemetry });
    this.profiles = new Profiles(bus, connections, () => this.ownership.lease);
    this.admission = new Admission({
      bus,
      profiles: this.profiles,
      telemetry,
      pepper: settings.KEY_PEPPER,
      subprotocolMismatch: settings.SUBPROTOCOL_MISMATCH,
      unnamedProtocol: settings.SUBPROTOCOL_MISSING === 'refuse' ? null : settings.SUBPROTOCOL_MISSING,
    });
    this.downlink = new Downlink({ inst, bus, sessions, profiles: this.profiles, settlements, telemetry });
    const longestSilence = Math.max(settings.PING_SECONDS, settings.HEARTBEAT_SECONDS) * SILENT_INTERVALS;
    const idleTimeoutSeconds = Math.min(MOST_IDLE_SECONDS, Math.ceil(longestSilence) + IDLE_MARGIN_SECONDS);
    this.transport = chooseTransport({
      wanted: settings.TRANSPORT,
      handler: this,
      limits: { idleTimeoutSeconds, ...parts.limits },
      logger,
      metrics,
    });
    bus.onAvailability((available) => {
      if (!available) this.shedUnackable();
    });
    registerGauges(metrics, { sessions, transport: this.transport.name, draining: () => this.draining });
  }

  /** The downlink first: a station that is answered nothing must not come. Resolves with the port taken. */
  async start(): Promise<number> {
    const { settings } = this.parts;
    await this.ownership.start();
    await this.downlink.follow(this.ownership.lease.bucket);
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    const { port } = await this.transport.listen({ host: settings.HOST, port: settings.OCPP_PORT });
    return port;
  }

  /** Sends the stations elsewhere, in peace; then leaves the registry and the bus. */
  async stop(withinMs: number): Promise<void> {
    this.draining = true;
    this.telemetry.draining(this.sessions.size);
    this.admission.drain();
    this.transport.stopListening();
    await drain(this.sessions, withinMs);
    clearInterval(this.ticking);
    await this.transport.close();
    await this.ownership.stop();
    const said = Promise.all([this.settlements.flushed(), this.events.told(), this.frames.stop()]);
    await Promise.race([said, new Promise((enough) => setTimeout(enough, LAST_WORDS_MS).unref())]);
    await this.downlink.stop();
  }

  decideUpgrade(
    request: Parameters<TransportHandler<Admitted>['decideUpgrade']>[0],
  ): ReturnType<TransportHandler<Admitted>['decideUpgrade']> {
    return this.admission.decide(request);
  }

  onConnected(socket: StationSocket, { ref, protocol, profile }: Admitted): SocketListener {
    if (protocol === null) {
      socket.close(CLOSE_REASONS['no-version'].code, CLOSE_REASONS['no-version'].reason);
      return { onMessage: () => undefined, onPing: () => undefined, onPong: () => undefined, onDisconnected: () => undefined };
    }
    const { bus, settings } = this.parts;
    const session: Session = new Session({
      ref,
      protocol,
      socket,
      bus,
      registration: profile.registration,
      bootUnanswered: this.unansweredBoots.takeStation(ref),
      securityProfile: profile.securityProfile,
      intervals: { pingMs: settings.PING_SECONDS * 1_000, heartbeatMs: settings.HEARTBEAT_SECONDS * 1_000 },
      policy: { answersUpdates: profile.answersUpdates },
      settlements: this.settlements,
      telemetry: this.telemetry,
      frames: profile.keepsMessages === true ? this.frames.of(ref) : null,
      unsent: (commandId) => this.downlink.forget(commandId),
      misspoke: (...what) => this.events.misspoke(...what),
      ended: (...end) => this.ended(...end),
    });
    this.sessions.add(session);
    this.settleIn(session, profile).catch((error: unknown) => {
      this.telemetry.defect(error);
      session.close('unackable');
    });
    return session.hears();
  }

  private async settleIn(session: Session, profile: StationProfile): Promise<void> {
    await this.ownership.acquire(session);
    if (session.open && (await this.profiles.isAdmissionRevoked(session.ref, profile))) session.close('evicted');
  }

  onRefused(...what: Parameters<TransportHandler<Admitted>['onRefused']>): void {
    this.telemetry.turnedAway(...what);
  }

  onDefect(error: unknown): void {
    this.telemetry.defect(error);
  }

  private ended(session: Session, code: number, reason: string, ending: CloseReason | null): void {
    this.sessions.remove(session);
    if (this.sessions.byKey(session.key) === undefined) this.unansweredBoots.onDisconnected(session, ending);
    this.telemetry.disconnected(session, code, reason, ending);
    this.ownership.release(session);
    this.events.disconnected(session, reason === '' ? `code ${code}` : reason.replace(CONTROLS, ' '));
  }

  private tick(): void {
    const now = performance.now();
    if (now - this.tickedAt > STOOD_MS) this.stood(now);
    this.tickedAt = now;
    for (const session of this.sessions.all()) session.tick(now, this.awakeSince);
  }

  /** The process was paused: nobody listened, so nobody was silent; but somebody else may hold our stations by now. */
  private stood(now: number): void {
    this.telemetry.stood(now - this.tickedAt);
    this.awakeSince = now;
    void this.ownership.reassert();
  }

  /** An offline station keeps its transaction messages; one that waits for an answer that cannot come may give them up. */
  private shedUnackable(): void {
    for (const session of this.sessions.all()) if (session.inboundCalls.holdsTransactional) session.close('unackable');
  }
}
