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
import type { Happenings } from './happenings';
import { CLOSE, MAX_EARLY_FRAMES, MAX_STRIKES, RATE } from './limits';
import { OurCalls } from './our-calls';
import type { Settlements } from './settlements';
import { StationCalls, type Uplink } from './station-calls';
import { TokenBucket } from './token-bucket';
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
  policy: AckPolicy;
  socket: StationSocket;
  bus: Bus;
  settlements: Settlements;
  happenings: Happenings;
  /** A command that this connection took, and never sent. */
  unsent(commandId: string): void;
  /** The socket is gone, whoever ended it. */
  ended(session: Session, code: number, reason: string): void;
}

const NO_FRAME: BrokenFrame = { type: 'broken', fault: 'not-a-frame' };

/** One connection of one station, from its opening to its end. */
export class Session {
  readonly key: string;
  readonly ref: StationRef;
  readonly protocol: Protocol;
  readonly calls: StationCalls;
  readonly ours: OurCalls;
  registration: Registration;
  standing: Standing | null = null;
  lastHeardAt = Date.now();
  private readonly rate = new TokenBucket(RATE.burst, RATE.perSecond, performance.now());
  private early: Buffer[] = [];
  private strikes = 0;
  private pinged = false;

  constructor(private readonly parts: SessionParts) {
    const { ref, protocol, registration } = parts;
    this.key = stationKey(ref);
    this.ref = ref;
    this.protocol = protocol;
    this.registration = registration;
    this.calls = new StationCalls(this.listener());
    this.ours = new OurCalls(this.speaker());
  }

  get open(): boolean {
    return this.parts.socket.open;
  }

  /** Nothing is asked and nothing is waited for, in either direction. */
  get idle(): boolean {
    return this.calls.open === 0 && !this.ours.outstanding;
  }

  /** The connection has its epoch: what came early is handled now. */
  stand(standing: Standing): void {
    this.standing = standing;
    const early = this.early;
    this.early = [];
    for (const frame of early) this.handle(frame);
  }

  command(command: Command): void {
    this.ours.take(command);
  }

  /** The owning service's answer to a call of the station. The registration counts before the station reads it. */
  reply(id: string | number, frame: string, registration: Registration | undefined): void {
    if (registration !== undefined) this.registration = registration;
    this.calls.reply(id, frame);
  }

  close(code: number, reason: string): void {
    this.parts.socket.close(code, reason);
  }

  /** Looked at every second: pings a silent station, ends a dead one. */
  tick(now: number, pingMs: number, deadMs: number): void {
    this.ours.expire(now);
    const silentMs = now - this.lastHeardAt;
    if (silentMs > deadMs) {
      this.parts.happenings.silent(this.ref);
      this.parts.socket.terminate();
    } else if (silentMs > pingMs && !this.pinged) {
      this.pinged = true;
      this.parts.socket.ping();
    }
  }

  private message(bytes: Buffer, isBinary: boolean): void {
    if (!this.heard()) return;
    if (isBinary) return this.broken(NO_FRAME, 'binary');
    if (this.standing !== null) return this.handle(bytes);
    if (this.early.length >= MAX_EARLY_FRAMES) return this.close(CLOSE.policy, 'too many messages at once');
    this.early.push(bytes);
  }

  private end(code: number, reason: string): void {
    this.calls.end();
    this.ours.end();
    this.parts.ended(this, code, reason);
  }

  private alive(): void {
    this.lastHeardAt = Date.now();
    this.pinged = false;
  }

  /** What the transport tells. */
  hears(): SocketListener {
    return {
      message: (bytes, isBinary) => this.message(bytes, isBinary),
      ping: () => void this.heard(),
      pong: () => this.alive(),
      close: (code, reason) => this.end(code, reason),
    };
  }

  private heard(): boolean {
    this.alive();
    if (this.rate.take(performance.now())) return true;
    this.parts.happenings.frameRejected('rate');
    this.close(CLOSE.policy, 'too many messages');
    return false;
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
    if (this.strikes >= MAX_STRIKES) this.close(CLOSE.protocol, 'too many frames that cannot be read');
  }

  private say(text: string): boolean {
    const sent = this.parts.socket.send(text);
    if (sent === 'dropped' && this.parts.socket.open) this.close(CLOSE.policy, 'reads too slowly'); // it missed a message
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
      flooded: () => this.close(CLOSE.policy, 'more calls at once than are answered'),
      unackable: () => this.close(CLOSE.tryLater, 'try again later'),
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
      say: (text: string) => this.say(text),
      settle: (command: Command, outcome: CallOutcome, sentAt: number | null) => {
        if (outcome.kind === 'not-connected') unsent(command.commandId);
        const { inst = '', epoch = 0 } = this.standing ?? {};
        settlements.settle({ ref: this.ref, protocol: this.protocol, inst, epoch }, command, outcome, sentAt);
      },
      unresponsive: () => {
        happenings.unresponsive(this.ref);
        this.close(CLOSE.protocol, 'calls stay unanswered');
      },
      lateAnswer: () => happenings.lateAnswer(),
      answered: (action: string, result: string, ms: number) => happenings.call('out', this.protocol, action, result, ms),
    };
  }
}
