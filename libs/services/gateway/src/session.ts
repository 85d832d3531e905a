import {
  LANES,
  META_HEADER,
  packUplink,
  stationKey,
  type AckPolicy,
  type CallOutcome,
  type Protocol,
  type Registration,
  type StationRef,
} from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { OcppError, answerBroken, faultError, knowsFrameType, parseFrame, peek, type BrokenFrame } from '@voltbus/ocpp';
import type { Command } from './command-queue';
import { ENDINGS, type Ending } from './endings';
import type { FrameTap } from './frames/frame-log';
import type { Happenings } from './happenings';
import { Inbox } from './inbox';
import { MAX_STRIKES } from './limits';
import { mayNotBeAsked } from './initiative';
import { Liveness, type Intervals } from './liveness';
import { OurCalls } from './our-calls';
import type { Settlements } from './settlements';
import { StationCalls, type Uplink } from './station-calls';
import type { SocketListener, StationSocket } from './transport';

/** Where a session stands in the registry; null until it does. */
export interface Standing {
  inst: string;
  bucket: number;
  epoch: number;
  /** False: the epoch is our own, minted while the registry was away. */
  registered: boolean;
}

export interface SessionParts {
  ref: StationRef;
  protocol: Protocol;
  registration: Registration;
  securityProfile: number;
  intervals: Intervals;
  policy: AckPolicy;
  socket: StationSocket;
  bus: Bus;
  settlements: Settlements;
  happenings: Happenings;
  /** Copies what is said; null: nobody wants to see it. */
  frames: FrameTap | null;
  /** A command that this connection took, and never sent. */
  unsent(commandId: string): void;
  /** The socket is gone, whoever ended it; `ending` is why, when it was us. */
  ended(session: Session, code: number, reason: string, ending: Ending | null): void;
}

const NO_FRAME: BrokenFrame = { type: 'broken', fault: 'not-a-frame' };

/** One connection of one station, from its opening to its end. */
export class Session {
  readonly key: string;
  readonly ref: StationRef;
  readonly protocol: Protocol;
  readonly securityProfile: number;
  readonly calls: StationCalls;
  readonly ours: OurCalls;
  registration: Registration;
  standing: Standing | null = null;
  private readonly inbox = new Inbox({
    read: (bytes, isBinary) => this.read(bytes, isBinary),
    overflows: () => this.floods(),
    slowed: () => this.parts.happenings.slowed(),
  });
  private readonly liveness: Liveness;
  private strikes = 0;
  private ending: Ending | null = null;

  constructor(private readonly parts: SessionParts) {
    const { ref, protocol, registration } = parts;
    this.key = stationKey(ref);
    this.ref = ref;
    this.protocol = protocol;
    this.securityProfile = parts.securityProfile;
    this.registration = registration;
    this.liveness = new Liveness(parts.intervals, performance.now());
    this.calls = new StationCalls(this.listener());
    this.ours = new OurCalls(this.speaker());
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
    this.calls.reply(id, frame);
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

  /** Looked at every second: pings a silent station, ends a dead one. */
  tick(now: number, awakeSince: number): void {
    this.ours.expire(Date.now());
    const due = this.liveness.look(now, awakeSince);
    if (due === 'ping') this.parts.socket.ping();
    if (due !== 'gone') return;
    this.parts.happenings.silent(this.ref);
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

  private end(code: number, reason: string): void {
    this.inbox.end();
    this.calls.end();
    this.ours.end();
    this.parts.ended(this, code, reason, this.ending);
  }

  private control(inTime: boolean): void {
    if (!inTime) this.floods();
  }

  private floods(): void {
    this.parts.happenings.frameRejected('rate');
    this.close('flooding');
  }

  private read(bytes: Buffer, isBinary: boolean): void {
    if (isBinary) this.broken(NO_FRAME, 'binary');
    else {
      this.parts.frames?.heard(bytes);
      this.handle(bytes);
    }
  }

  private handle(bytes: Buffer): void {
    const peeked = peek(bytes);
    if (peeked.type === 'broken') return this.broken(peeked, peeked.fault);
    if (!knowsFrameType(this.protocol, peeked.type))
      return this.broken({ type: 'broken', fault: 'unknown-type', of: peeked.type, id: peeked.id }, 'unknown-type');
    if (peeked.type !== 'call' && peeked.type !== 'send') return this.answer(bytes);
    this.strikes = 0;
    if (peeked.type === 'call') this.calls.call(peeked, bytes);
    else this.calls.send(peeked, bytes);
  }

  private answer(bytes: Buffer): void {
    const frame = parseFrame(bytes);
    if (frame.type === 'broken') return this.broken(frame, frame.fault);
    this.strikes = 0;
    if (frame.type === 'result' || frame.type === 'error') this.ours.answer(frame);
    else if (frame.type === 'result-error') this.parts.happenings.unusedAnswer(this.ref, frame.code); // about an answer of ours, never about a call
  }

  /** A frame that cannot be used: answered as the version says, and counted against the station. */
  private broken(frame: BrokenFrame, reason: string): void {
    this.parts.happenings.frameRejected(reason);
    if (frame.of === 'result' || frame.of === 'error') this.ours.broken(frame.id, faultError(frame.fault));
    const answer = answerBroken(this.protocol, frame);
    if (answer !== undefined) this.say(answer);
    this.strikes += 1;
    if (this.strikes >= MAX_STRIKES) this.close('unreadable');
  }

  private say(text: string): boolean {
    const sent = this.parts.socket.send(text);
    if (sent === 'dropped' && this.parts.socket.open) this.close('reads-slowly'); // it missed a message
    if (sent !== 'dropped') this.parts.frames?.said(text);
    return sent !== 'dropped';
  }

  private publish({ lane, action, messageId, ack, checked, answerBy, frame }: Uplink): Promise<void> {
    if (this.standing === null) return Promise.reject(new Error('a message before the connection has its epoch'));
    const { inst, bucket, epoch } = this.standing;
    const header = packUplink({
      protocol: this.protocol,
      action,
      messageId,
      ack,
      returnTo: { inst, bucket, epoch },
      registration: this.registration,
      checked,
      receivedAt: Date.now(),
      answerBy,
    });
    return this.parts.bus.publish(LANES[lane], { key: this.key, value: frame, headers: { [META_HEADER]: header } });
  }

  private listener() {
    const { happenings, bus, policy } = this.parts;
    const session = this;
    return {
      protocol: this.protocol,
      policy,
      get registration() {
        return session.registration;
      },
      get busAvailable() {
        return bus.available;
      },
      say: (text: string) => this.say(text),
      publish: (uplink: Uplink) => this.publish(uplink),
      flooded: () => this.close('flooding', 'more calls at once than are answered'),
      unackable: () => this.close('unackable'),
      invalid: (action: string, error: OcppError) => happenings.invalid(this.ref, this.protocol, action, error),
      answered: (action: string, result: string, ms: number) => happenings.call('in', this.protocol, action, result, ms),
      lateReply: () => happenings.lateReply(),
      droppedSend: (action: string) => happenings.droppedSend(action),
      repeatedId: (action: string) => happenings.repeatedId(action),
    };
  }

  private speaker() {
    const { happenings, settlements, unsent } = this.parts;
    return {
      protocol: this.protocol,
      mayNotBeAsked: (action: string) => mayNotBeAsked(this.registration, action),
      say: (text: string) => this.say(text),
      settle: (command: Command, outcome: CallOutcome, sentAt: number | null) => {
        if (outcome.kind === 'not-connected') unsent(command.commandId);
        const { inst = '', epoch = 0 } = this.standing ?? {};
        settlements.settle({ ref: this.ref, protocol: this.protocol, inst, epoch }, command, outcome, sentAt);
      },
      unresponsive: () => {
        happenings.unresponsive(this.ref);
        this.close('unresponsive');
      },
      lateAnswer: () => happenings.lateAnswer(),
      answered: (action: string, result: string, ms: number) => happenings.call('out', this.protocol, action, result, ms),
    };
  }
}
