import {
  ackClass,
  laneOf,
  needsPayload,
  type AckClass,
  type AckPolicy,
  type Checked,
  type Lane,
  type Protocol,
  type Registration,
} from '@voltbus/contracts';
import { OcppError, checkRequest, encodeError, faultError, findAction, parseFrame, type MessageId, type Peek } from '@voltbus/ocpp';
import { MAX_PENDING_CALLS, MAX_PENDING_SENDS } from '../limits';
import { answerTimeMs, isTransactional } from './traffic-rules';

type Call = Extract<Peek, { type: 'call' | 'send' }>;

/** What stations invent is one word in the metrics: a label must not be theirs to choose. */
const UNKNOWN_ACTION = 'unknown';

/** A station's message on its way to a lane. */
export interface Uplink {
  lane: Lane;
  action: string;
  messageId: MessageId;
  ack: AckClass;
  checked: Checked;
  answerBy: number;
  frame: Buffer;
  asked: boolean;
}

/** What a station's calls need of their session. */
export interface Listener {
  readonly protocol: Protocol;
  readonly registration: Registration;
  readonly policy: AckPolicy;
  readonly busAvailable: boolean;
  say(text: string): boolean;
  publish(uplink: Uplink): Promise<void>;
  /** More calls at once than anyone needs. */
  flooded(): void;
  /** A transaction message can be answered neither now nor soon: better offline than an error. */
  unackable(): void;
  /** No action of the version. */
  unknown(action: string): void;
  invalid(action: string, error: OcppError): void;
  answered(action: string, result: 'ok' | 'callerror' | 'timeout', ms: number): void;
  lateReply(): void;
  droppedSend(action: string): void;
  /** The station is not accepted, and one of our calls asked for the message. */
  wasAskedFor(frame: Buffer): boolean;
  repeatedId(action: string): void;
}

interface Pending {
  action: string;
  /** Counts time, is no date. */
  at: number;
  timer: NodeJS.Timeout | undefined;
}

/** What a station asks and tells: each call answered once, at the time its class says, whatever we are asking meanwhile. */
export class InboundCalls {
  private readonly pending = new Map<MessageId, Pending>();
  private sends = 0;

  constructor(private readonly listener: Listener) {}

  get open(): number {
    return this.pending.size;
  }

  /** A transaction message waits for its answer. */
  get holdsTransactional(): boolean {
    return [...this.pending.values()].some(({ action }) => isTransactional(action));
  }

  call(call: Call, frame: Buffer): void {
    if (this.pending.has(call.id)) return this.listener.repeatedId(call.action); // answered once, when the first is
    if (this.pending.size >= MAX_PENDING_CALLS) return this.listener.flooded();
    const at = performance.now();
    const known = findAction(this.listener.protocol, call.action);
    if (known === undefined) {
      this.listener.unknown(call.action);
      return this.refuse({ ...call, action: UNKNOWN_ACTION }, new OcppError('not-implemented'), at);
    }
    if (known.initiator === 'csms') return this.refuse(call, new OcppError('not-implemented'), at);
    if (known.kind === 'send') return this.refuse(call, new OcppError('message-type-not-supported', 'only as a SEND'), at);
    const { ack, payload } = this.classify(call, frame);
    if (ack === 'edge') return this.beat(call, frame, at);
    if (!this.listener.busAvailable && isTransactional(call.action)) return this.listener.unackable();
    if (ack === 'durable') this.keep(call, frame, payload, at);
    else this.forward(call, frame, payload, at);
  }

  /** 2.1 SEND: never answered, droppable, and never from a station that is not accepted (N15). */
  send(call: Call, frame: Buffer): void {
    const sendable = findAction(this.listener.protocol, call.action)?.kind === 'send' && this.sends < MAX_PENDING_SENDS;
    if (!sendable || this.listener.registration !== 'accepted') return this.listener.droppedSend(call.action);
    const checked = this.check(call, frame, undefined);
    if (checked instanceof OcppError) return this.listener.droppedSend(call.action);
    const uplink = { ...this.uplink(call, frame), ack: 'none' as const, checked, answerBy: 0, asked: false };
    this.sends += 1;
    this.listener
      .publish(uplink)
      .catch(() => this.listener.droppedSend(call.action))
      .finally(() => (this.sends -= 1));
  }

  /** The owning service's answer. False: nothing waits for it any more. */
  reply(id: MessageId, frame: string): boolean {
    const pending = this.pending.get(id);
    if (pending === undefined) {
      this.listener.lateReply();
      return false;
    }
    this.finish(id, pending, frame, frame.startsWith('[4') ? 'callerror' : 'ok');
    return true;
  }

  /** The connection is over; what is on the bus is handled all the same. */
  end(): void {
    for (const { timer } of this.pending.values()) clearTimeout(timer);
    this.pending.clear();
  }

  private classify(call: Call, frame: Buffer): { ack: AckClass; payload: unknown } {
    const { protocol, registration, policy } = this.listener;
    if (registration !== 'accepted') return { ack: 'service', payload: undefined };
    if (!needsPayload(protocol, call.action)) return { ack: ackClass(protocol, call.action, undefined, policy), payload: undefined };
    const parsed = parseFrame(frame);
    if (parsed.type !== 'call') return { ack: 'service', payload: undefined }; // the service says what is wrong with it
    return { ack: ackClass(protocol, call.action, parsed.payload, policy), payload: parsed.payload };
  }

  /** Heartbeat of an accepted station: the local clock answers. */
  private beat(call: Call, frame: Buffer, at: number): void {
    const checked = this.check(call, frame, undefined);
    if (checked instanceof OcppError) return this.refuse(call, checked, at);
    this.listener.say(`[3,${JSON.stringify(call.id)},{"currentTime":"${new Date().toISOString()}"}]`);
    this.listener.answered(call.action, 'ok', performance.now() - at);
  }

  /** Valid and durable first, then the answer, which carries no decision. */
  private keep(call: Call, frame: Buffer, payload: unknown, at: number): void {
    const checked = this.check(call, frame, payload);
    if (checked instanceof OcppError) return this.refuse(call, checked, at);
    const pending = { action: call.action, at, timer: undefined };
    this.pending.set(call.id, pending);
    this.listener.publish({ ...this.uplink(call, frame), ack: 'durable', checked, answerBy: 0, asked: false }).then(
      () => this.settle(call.id, pending, `[3,${JSON.stringify(call.id)},{}]`, 'ok'),
      () => this.unpublished(call, pending),
    );
  }

  private forward(call: Call, frame: Buffer, payload: unknown, at: number): void {
    const uplink = this.uplink(call, frame, payload);
    const waitMs = answerTimeMs(this.listener.protocol, uplink);
    const pending: Pending = { action: call.action, at, timer: undefined };
    pending.timer = setTimeout(() => this.timedOut(call, pending), waitMs);
    this.pending.set(call.id, pending);
    this.listener
      .publish({ ...uplink, ack: 'service', checked: 'no', answerBy: Date.now() + waitMs, asked: this.listener.wasAskedFor(frame) })
      .catch(() => this.unpublished(call, pending));
  }

  private uplink({ id, action }: Call, frame: Buffer, payload?: unknown): Pick<Uplink, 'lane' | 'action' | 'messageId' | 'frame'> {
    return { lane: laneOf(this.listener.protocol, action, payload), action, messageId: id, frame };
  }

  /** How the payload passed, or what is wrong with it. */
  private check({ action }: Call, frame: Buffer, payload: unknown): Checked | OcppError {
    let value = payload;
    if (value === undefined) {
      const parsed = parseFrame(frame);
      if (parsed.type === 'broken') return faultError(parsed.fault);
      value = parsed.type === 'call' || parsed.type === 'send' ? parsed.payload : undefined;
    }
    const checked = checkRequest(this.listener.protocol, action, value, 'inbound');
    if (checked.ok) return checked.leniency.length === 0 ? 'strict' : 'tolerant';
    this.listener.invalid(action, checked.error);
    return checked.error;
  }

  /** The bus did not take it. An error for a transaction message would make the station forget it: silence makes it try again. */
  private unpublished(call: Call, pending: Pending): void {
    if (!isTransactional(call.action))
      return this.settle(call.id, pending, this.errorFrame(call, new OcppError('internal-error')), 'callerror');
    this.giveUp(call.id, pending);
    if (!this.listener.busAvailable) this.listener.unackable();
  }

  private timedOut(call: Call, pending: Pending): void {
    if (isTransactional(call.action)) this.giveUp(call.id, pending);
    else this.settle(call.id, pending, this.errorFrame(call, new OcppError('internal-error')), 'timeout');
  }

  private giveUp(id: MessageId, pending: Pending): void {
    if (this.pending.get(id) !== pending) return;
    clearTimeout(pending.timer);
    this.pending.delete(id);
    this.listener.answered(pending.action, 'timeout', performance.now() - pending.at);
  }

  private settle(id: MessageId, pending: Pending, frame: string, result: 'ok' | 'callerror' | 'timeout'): void {
    if (this.pending.get(id) === pending) this.finish(id, pending, frame, result);
  }

  private finish(id: MessageId, pending: Pending, frame: string, result: 'ok' | 'callerror' | 'timeout'): void {
    clearTimeout(pending.timer);
    this.pending.delete(id);
    this.listener.say(frame);
    this.listener.answered(pending.action, result, performance.now() - pending.at);
  }

  private refuse(call: Call, error: OcppError, at: number): void {
    this.listener.say(this.errorFrame(call, error));
    this.listener.answered(call.action, 'callerror', performance.now() - at);
  }

  private errorFrame({ id }: Call, error: OcppError): string {
    return encodeError(this.listener.protocol, id, error);
  }
}
