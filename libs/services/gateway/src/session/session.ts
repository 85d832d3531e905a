import { stationKey, type Protocol, type Registration, type StationRef } from '@voltbus/contracts';
import { RequestedMessages } from './requested-messages';
import { triggerBoot } from './boot-trigger';
import { BOOT_NOTIFICATION, BootWatch, type BootHistory } from './boot-watch';
import type { Command } from './command-queue';
import { CLOSE_REASONS, type CloseReason } from './close-reasons';
import type { Inbox } from './inbox';
import { Liveness, type Intervals } from './liveness';
import { isBootOf16 } from './protocol-mismatch';
import { OutboundCalls } from './outbound-calls';
import { inboxOf, listenerOf, speakerOf, type SidesParts } from './session-sides';
import { InboundCalls } from './inbound-calls';
import type { SocketListener, StationSocket } from '../transport';

/** Where a session stands in the registry; null until it does. */
export interface SessionOwner {
  inst: string;
  bucket: number;
  epoch: number;
  /** False: the epoch is our own, minted while the registry was away. */
  registered: boolean;
}

export interface SessionParts extends SidesParts, BootHistory {
  ref: StationRef;
  protocol: Protocol;
  securityProfile: number;
  intervals: Intervals;
  socket: StationSocket;
  /** It spoke 1.6 where 2.x was agreed on; said once. */
  misspoke(session: Session, action: string): void;
  /** The socket is gone, whoever ended it; `ending` is why, when it was us. */
  ended(session: Session, code: number, reason: string, ending: CloseReason | null): void;
}

/** One connection of one station, from its opening to its end. */
export class Session {
  readonly key: string;
  readonly ref: StationRef;
  readonly protocol: Protocol;
  readonly securityProfile: number;
  readonly inboundCalls: InboundCalls;
  readonly outboundCalls: OutboundCalls;
  readonly askedFor = new RequestedMessages();
  registration: Registration;
  owner: SessionOwner | null = null;
  private readonly inbox: Inbox;
  private readonly liveness: Liveness;
  private readonly boot: BootWatch;
  private ending: CloseReason | null = null;
  private misspoken = false;

  constructor(private readonly parts: SessionParts) {
    const { ref, protocol, registration } = parts;
    this.key = stationKey(ref);
    this.ref = ref;
    this.protocol = protocol;
    this.securityProfile = parts.securityProfile;
    this.registration = registration;
    const now = performance.now();
    this.liveness = new Liveness(parts.intervals, now);
    this.boot = new BootWatch(parts, now);
    this.inboundCalls = new InboundCalls(listenerOf(this, parts));
    this.outboundCalls = new OutboundCalls(speakerOf(this, parts));
    this.inbox = inboxOf(this, parts);
  }

  get open(): boolean {
    return this.parts.socket.open;
  }

  get remoteAddress(): string {
    return this.parts.socket.remoteAddress;
  }

  get bufferedBytes(): number {
    return this.parts.socket.bufferedBytes;
  }

  /** Epoch milliseconds. */
  get lastSeenAt(): number {
    return Math.round(Date.now() - this.liveness.silentMs(performance.now()));
  }

  /** Nothing is asked and nothing is waited for, in either direction. */
  get idle(): boolean {
    return this.inboundCalls.open === 0 && !this.outboundCalls.outstanding && this.inbox.empty;
  }

  get mayBeCalled(): boolean {
    return this.boot.mayBeCalled;
  }

  get owesBoot(): boolean {
    return this.boot.bootMissing;
  }

  /** The connection has its epoch: what came early is handled now. */
  stand(standing: SessionOwner): void {
    this.owner = standing;
    this.inbox.open();
  }

  command(command: Command): void {
    this.outboundCalls.take(command);
  }

  /** The owning service's answer to a call of the station. The registration counts before the station reads it. */
  reply(id: string | number, frame: string, registration: Registration | undefined): void {
    if (registration !== undefined) this.registration = registration;
    const told = this.inboundCalls.reply(id, frame);
    if (told && registration !== undefined && this.boot.onBootAnswered(registration, performance.now())) this.outboundCalls.begin();
  }

  /** False: the socket is gone, or did not take it. */
  say(text: string): boolean {
    const sent = this.parts.socket.send(text);
    if (sent === 'dropped' && this.parts.socket.open) this.close('reads-slowly'); // it missed a message
    if (sent !== 'dropped') this.parts.frames?.said(text);
    return sent !== 'dropped';
  }

  /** It asks for its boot's answer. */
  boots(frame: Buffer): void {
    this.boot.onBootReceived(performance.now());
    if (isBootOf16(this.protocol, frame)) this.misspeaks(BOOT_NOTIFICATION);
  }

  /** Quirk 24. */
  misspeaks(action: string): void {
    if (this.misspoken) return;
    this.misspoken = true;
    this.parts.misspoke(this, action);
  }

  /** It says more than it may. */
  floods(): void {
    this.parts.telemetry.frameRejected('rate');
    this.close('flooding');
  }

  /** A call of the station has its answer. */
  answered(action: string): void {
    if (action !== BOOT_NOTIFICATION && this.boot.onCallAnswered()) this.outboundCalls.begin();
  }

  /** Nothing new is sent to the station: it is about to be closed. */
  leave(): void {
    this.outboundCalls.hold();
  }

  /** What comes after the first time changes nothing. */
  close(ending: CloseReason, reason: string = CLOSE_REASONS[ending].reason): void {
    this.ending ??= ending;
    this.inbox.end();
    if (ending === 'silent') this.parts.socket.terminate();
    else this.parts.socket.close(CLOSE_REASONS[ending].code, reason);
  }

  /** Looked at every second: calls a station that has had its time, asks for a boot that is owed, pings a silent station, ends a dead one. */
  tick(now: number, awakeSince: number): void {
    this.outboundCalls.expire(performance.now());
    if (this.boot.checkHoldOff(now)) this.outboundCalls.begin();
    this.demandBoot(now, awakeSince);
    const due = this.liveness.check(now, awakeSince);
    if (due === 'ping') this.parts.socket.ping();
    if (due !== 'gone') return;
    this.parts.telemetry.silent(this.ref);
    this.close('silent');
  }

  /** What the transport tells. */
  hears(): SocketListener {
    return {
      onMessage: (bytes, isBinary) => {
        this.liveness.onFrame(performance.now());
        this.inbox.take(bytes, isBinary);
      },
      onPing: () => this.control(this.liveness.takeControlFrame(performance.now())),
      onPong: () => this.control(this.liveness.takePong(performance.now())),
      onDisconnected: (code, reason) => this.end(code, reason),
    };
  }

  private demandBoot(now: number, awakeSince: number): void {
    const { bus, telemetry } = this.parts;
    const due = this.boot.checkMissingBoot(now, awakeSince);
    if (due === 'trigger') triggerBoot(bus, telemetry, this.ref);
    if (due !== 'give-up') return;
    telemetry.unbooted(this.ref);
    this.close('unbooted');
  }

  private end(code: number, reason: string): void {
    this.inbox.end();
    this.inboundCalls.end();
    this.outboundCalls.end();
    this.parts.ended(this, code, reason, this.ending);
  }

  private control(inTime: boolean): void {
    if (!inTime) this.floods();
  }
}
