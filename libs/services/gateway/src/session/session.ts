import { quirkNumber, type AckPolicy, type QuirkSettings, type Registration, type SealedSecrets } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { SocketListener } from '../transport';
import type { GatewayTelemetry } from '../telemetry';
import { triggerBoot, triggerStatus } from './boot-trigger';
import { BOOT_NOTIFICATION, BootWatch, type BootHistory } from './boot-watch';
import type { CloseReason } from './close-reasons';
import type { Command } from './command-queue';
import type { CommandResults } from './command-results';
import { Connection, type ConnectionParts } from './connection';
import { FrameReader } from './frame-reader';
import { InboundCalls } from './inbound-calls';
import { Inbox } from './inbox';
import { Liveness, type Intervals } from './liveness';
import { OutboundCalls } from './outbound-calls';
import { isActionOf16, isBootOf16 } from './protocol-mismatch';
import { RequestedMessages } from './requested-messages';
import { StatusWatch } from './status-watch';

interface SessionParts extends Omit<ConnectionParts, 'telemetry'>, Omit<BootHistory, 'quietMs'> {
  intervals: Intervals;
  policy: AckPolicy;
  bus: Bus;
  results: CommandResults;
  telemetry: GatewayTelemetry;
  secrets: Pick<SealedSecrets, 'opened'>;
  /** This connection took the command and never sent it. */
  onUnsent(commandId: string): void;
  /** The station speaks 1.6 though 2.x was agreed on. Called once at most. */
  onProtocolMismatch(connection: Connection, action: string): void;
  /** Called when the socket is closed, by either side. */
  onDisconnected(session: Session, code: number, reason: string): void;
}

/** An owning service's answer to a call of the station. */
interface Reply {
  id: string | number;
  frame: string;
  /** The registration that the answer gives to the station. */
  registration: Registration | undefined;
  /** What is switched for the station from now on; undefined: as before. */
  quirks: QuirkSettings | undefined;
  /** Traceparent of what published it. */
  trace: string | undefined;
}

/** One connection of one station, from its opening to its end: assembles the two directions and what watches over them. */
export class Session {
  readonly connection: Connection;
  readonly inboundCalls: InboundCalls;
  readonly outboundCalls: OutboundCalls;
  private readonly inbox: Inbox;
  private readonly liveness: Liveness;
  private readonly boot: BootWatch;
  private readonly status: StatusWatch;
  private mismatchReported = false;

  constructor(private readonly parts: SessionParts) {
    const { bus, policy, results, telemetry, secrets } = parts;
    const now = performance.now();
    const connection = new Connection(parts);
    const requested = new RequestedMessages();
    this.connection = connection;
    this.liveness = new Liveness(parts.intervals, now);
    this.boot = new BootWatch({ ...parts, quietMs: () => (quirkNumber(connection.quirks, 'slow-to-be-called') ?? 0) * 1_000 }, now);
    this.status = new StatusWatch(parts.protocol);
    this.outboundCalls = new OutboundCalls({
      connection,
      boot: this.boot,
      requested,
      results,
      telemetry,
      secrets,
      onUnsent: (commandId) => parts.onUnsent(commandId),
    });
    this.inboundCalls = new InboundCalls({
      connection,
      bus,
      policy,
      telemetry,
      requested,
      onAnswered: (action) => this.onCallAnswered(action),
      onUnknownAction: (action) => this.onUnknownAction(action),
    });
    const { inboundCalls, outboundCalls } = this;
    const reader = new FrameReader({ connection, inboundCalls, outboundCalls, telemetry, onBoot: (frame) => this.onBoot(frame) });
    this.inbox = new Inbox({ connection, reader, telemetry });
  }

  /** Epoch milliseconds. */
  get lastSeenAt(): number {
    return Math.round(Date.now() - this.liveness.silentMs(performance.now()));
  }

  /** No call waits for its answer and no frame to be read, in either direction. */
  get idle(): boolean {
    return this.inboundCalls.pendingCount === 0 && !this.outboundCalls.hasOutstanding && this.inbox.empty;
  }

  /** The station never booted, or its last boot was not answered. */
  get bootMissing(): boolean {
    return this.boot.bootMissing;
  }

  /** The connection has its epoch: early frames are read now. */
  startReading(): void {
    this.inbox.open();
  }

  takeCommand(command: Command): void {
    this.outboundCalls.takeCommand(command);
  }

  /** Passes on the owning service's answer to a call. The registration counts before the station reads the answer. */
  sendReply({ id, frame, registration, quirks, trace }: Reply): void {
    if (registration !== undefined) this.connection.registration = registration;
    if (quirks !== undefined) this.connection.quirks = quirks;
    const sent = this.inboundCalls.sendReply(id, frame, trace);
    if (!sent || registration === undefined) return;
    const now = performance.now();
    if (registration === 'accepted') this.status.onBootAccepted(now);
    if (this.boot.onBootAnswered(registration, now)) this.outboundCalls.sendNext();
  }

  /** The session is about to be closed: nothing new is sent to the station. */
  holdCommands(): void {
    this.outboundCalls.holdCommands();
  }

  close(closeReason: CloseReason, text?: string): void {
    this.connection.close(closeReason, text);
  }

  /** Runs every second: sends commands that waited for the boot, asks for a missing boot, pings a silent station, ends a dead connection. */
  tick(now: number, awakeSince: number): void {
    this.outboundCalls.expireCommands(performance.now());
    if (this.boot.checkHoldOff(now)) this.outboundCalls.sendNext();
    this.checkMissingBoot(now, awakeSince);
    if (this.status.isDue(now, this.connection.quirks)) triggerStatus(this.parts.bus, this.parts.telemetry, this.parts.ref);
    const due = this.liveness.check(now, awakeSince);
    if (due === 'ping') this.connection.ping();
    if (due !== 'gone') return;
    this.parts.telemetry.stationSilent(this.connection.ref);
    this.close('silent');
  }

  socketListener(): SocketListener {
    return {
      onMessage: (bytes, isBinary) => {
        this.liveness.onFrame(performance.now());
        this.inbox.takeFrame(bytes, isBinary);
      },
      onPing: () => this.onControlFrame(this.liveness.takeControlFrame(performance.now())),
      onPong: () => this.onControlFrame(this.liveness.takePong(performance.now())),
      onDisconnected: (code, reason) => this.onDisconnected(code, reason),
    };
  }

  private onBoot(frame: Buffer): void {
    this.boot.onBootReceived(performance.now());
    if (isBootOf16(this.connection.protocol, frame)) this.reportMismatch(BOOT_NOTIFICATION);
  }

  private onUnknownAction(action: string): void {
    if (isActionOf16(this.connection.protocol, action)) this.reportMismatch(action);
  }

  /** Quirk 24. */
  private reportMismatch(action: string): void {
    if (this.mismatchReported) return;
    this.mismatchReported = true;
    this.parts.onProtocolMismatch(this.connection, action);
  }

  private onCallAnswered(action: string): void {
    this.status.onCall(action);
    if (action !== BOOT_NOTIFICATION && this.boot.onCallAnswered(performance.now())) this.outboundCalls.sendNext();
  }

  private checkMissingBoot(now: number, awakeSince: number): void {
    const { bus, telemetry, ref } = this.parts;
    const due = this.boot.checkMissingBoot(now, awakeSince);
    if (due === 'trigger') triggerBoot(bus, telemetry, ref);
    if (due !== 'give-up') return;
    telemetry.bootGivenUp(ref);
    this.close('unbooted');
  }

  private onControlFrame(withinRate: boolean): void {
    if (!withinRate) this.inbox.rejectFlood();
  }

  private onDisconnected(code: number, reason: string): void {
    this.inbox.end();
    this.inboundCalls.onDisconnected();
    this.outboundCalls.onDisconnected();
    this.parts.onDisconnected(this, code, reason);
  }
}
