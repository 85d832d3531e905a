import { stationKey, type Protocol, type Registration, type StationRef } from '@voltbus/contracts';
import { AskedFor } from './asked-for';
import { triggerBoot } from './boot-trigger';
import { BOOT, BootWatch, type BootsBefore } from './boot-watch';
import type { Command } from './command-queue';
import { ENDINGS, type Ending } from './endings';
import type { Inbox } from './inbox';
import { Liveness, type Intervals } from './liveness';
import { isBootOf16 } from './other-tongue';
import { OurCalls } from './our-calls';
import { inboxOf, listenerOf, speakerOf, type SidesParts } from './session-sides';
import { StationCalls } from './station-calls';
import type { SocketListener, StationSocket } from './transport';

/** Where a session stands in the registry; null until it does. */
export interface Standing {
  inst: string;
  bucket: number;
  epoch: number;
  /** False: the epoch is our own, minted while the registry was away. */
  registered: boolean;
}

export interface SessionParts extends SidesParts, BootsBefore {
  ref: StationRef;
  protocol: Protocol;
  securityProfile: number;
  intervals: Intervals;
  socket: StationSocket;
  /** It spoke 1.6 where 2.x was agreed on; said once. */
  misspoke(session: Session, action: string): void;
  /** The socket is gone, whoever ended it; `ending` is why, when it was us. */
  ended(session: Session, code: number, reason: string, ending: Ending | null): void;
}

/** One connection of one station, from its opening to its end. */
export class Session {
  readonly key: string;
  readonly ref: StationRef;
  readonly protocol: Protocol;
  readonly securityProfile: number;
  readonly calls: StationCalls;
  readonly ours: OurCalls;
  readonly askedFor = new AskedFor();
  registration: Registration;
  standing: Standing | null = null;
  private readonly inbox: Inbox;
  private readonly liveness: Liveness;
  private readonly boot: BootWatch;
  private ending: Ending | null = null;
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
    this.calls = new StationCalls(listenerOf(this, parts));
    this.ours = new OurCalls(speakerOf(this, parts));
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
    return Math.round(Date.now() - this.liveness.silence(performance.now()));
  }

  /** Nothing is asked and nothing is waited for, in either direction. */
  get idle(): boolean {
    return this.calls.open === 0 && !this.ours.outstanding && this.inbox.empty;
  }

  get mayBeCalled(): boolean {
    return this.boot.mayBeCalled;
  }

  get owesBoot(): boolean {
    return this.boot.owed;
  }

  /** The connection has its epoch: what came early is handled now. */
  stand(standing: Standing): void {
    this.standing = standing;
    this.inbox.open();
  }

  command(command: Command): void {
    this.ours.take(command);
  }

  /** The owning service's answer to a call of the station. The registration counts before the station reads it. */
  reply(id: string | number, frame: string, registration: Registration | undefined): void {
    if (registration !== undefined) this.registration = registration;
    const told = this.calls.reply(id, frame);
    if (told && registration !== undefined && this.boot.booted(registration, performance.now())) this.ours.begin();
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
    this.boot.boots(performance.now());
    if (isBootOf16(this.protocol, frame)) this.misspeaks(BOOT);
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
    if (action !== BOOT && this.boot.talked()) this.ours.begin();
  }

  /** Nothing new is sent to the station: it is about to be closed. */
  leave(): void {
    this.ours.hold();
  }

  /** What comes after the first time changes nothing. */
  close(ending: Ending, reason: string = ENDINGS[ending].reason): void {
    this.ending ??= ending;
    this.inbox.end();
    if (ending === 'silent') this.parts.socket.terminate();
    else this.parts.socket.close(ENDINGS[ending].code, reason);
  }

  /** Looked at every second: calls a station that has had its time, asks for a boot that is owed, pings a silent station, ends a dead one. */
  tick(now: number, awakeSince: number): void {
    this.ours.expire(performance.now());
    if (this.boot.look(now)) this.ours.begin();
    this.demandBoot(now, awakeSince);
    const due = this.liveness.look(now, awakeSince);
    if (due === 'ping') this.parts.socket.ping();
    if (due !== 'gone') return;
    this.parts.telemetry.silent(this.ref);
    this.close('silent');
  }

  /** What the transport tells. */
  hears(): SocketListener {
    return {
      message: (bytes, isBinary) => {
        this.liveness.heard(performance.now());
        this.inbox.take(bytes, isBinary);
      },
      ping: () => this.control(this.liveness.control(performance.now())),
      pong: () => this.control(this.liveness.ponged(performance.now())),
      close: (code, reason) => this.end(code, reason),
    };
  }

  private demandBoot(now: number, awakeSince: number): void {
    const { bus, telemetry } = this.parts;
    const due = this.boot.due(now, awakeSince);
    if (due === 'trigger') triggerBoot(bus, telemetry, this.ref);
    if (due !== 'give-up') return;
    telemetry.unbooted(this.ref);
    this.close('unbooted');
  }

  private end(code: number, reason: string): void {
    this.inbox.end();
    this.calls.end();
    this.ours.end();
    this.parts.ended(this, code, reason, this.ending);
  }

  private control(inTime: boolean): void {
    if (!inTime) this.floods();
  }
}
