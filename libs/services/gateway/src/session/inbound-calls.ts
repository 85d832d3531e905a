import { isTransactionMessage, laneOf, type AckPolicy, type Checked } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { OpenSpan } from '@voltbus/telemetry';
import { OcppError, checkRequest, encodeError, faultError, findAction, parseFrame, type MessageId, type Peek } from '@voltbus/ocpp';
import { MAX_PENDING_CALLS, MAX_PENDING_SENDS } from '../limits';
import type { GatewayTelemetry } from '../telemetry';
import { classifyCall } from './call-class';
import { endCallSpan, openCallSpan, recordReply } from './call-span';
import type { Connection } from './connection';
import type { RequestedMessages } from './requested-messages';
import { answerTimeMs } from './traffic-rules';
import { publishUplink, type Uplink } from './uplink';

type Call = Extract<Peek, { type: 'call' | 'send' }>;
type CallResult = 'ok' | 'callerror' | 'timeout';

/** The metric label of every action that no version knows: stations must not choose labels. */
const UNKNOWN_ACTION = 'unknown';

interface InboundCallsParts {
  connection: Connection;
  bus: Bus;
  policy: AckPolicy;
  telemetry: GatewayTelemetry;
  requested: RequestedMessages;
  onAnswered(action: string): void;
  /** The agreed version has no such action. */
  onUnknownAction(action: string): void;
}

interface Pending {
  action: string;
  /** Of `performance.now()`. */
  at: number;
  timer: NodeJS.Timeout | undefined;
  span: OpenSpan | null;
}

/**
 * The calls of a station. Each is answered once, at the time that its ack class demands, also while calls of ours are
 * open.
 */
export class InboundCalls {
  private readonly pending = new Map<MessageId, Pending>();
  private sends = 0;

  constructor(private readonly parts: InboundCallsParts) {}

  get pendingCount(): number {
    return this.pending.size;
  }

  /** A transaction message waits for its answer. */
  get holdsTransactional(): boolean {
    return [...this.pending.values()].some(({ action }) => isTransactionMessage(action));
  }

  handleCall(call: Call, frame: Buffer): void {
    const { connection, bus, telemetry } = this.parts;
    if (this.pending.has(call.id)) return telemetry.repeatedId(connection, call); // answered once, when the first is
    if (this.pending.size >= MAX_PENDING_CALLS) return connection.close('flooding', 'more calls at once than are answered');
    const at = performance.now();
    const known = findAction(connection.protocol, call.action);
    if (known === undefined) {
      this.parts.onUnknownAction(call.action);
      return this.refuse({ ...call, action: UNKNOWN_ACTION }, new OcppError('not-implemented'), at);
    }
    if (known.initiator === 'csms') return this.refuse(call, new OcppError('not-implemented'), at);
    if (known.kind === 'send') return this.refuse(call, new OcppError('message-type-not-supported', 'only as a SEND'), at);
    const { ack, payload } = classifyCall(connection, this.parts.policy, call.action, frame);
    if (ack === 'edge') return this.answerHeartbeat(call, frame, at);
    if (!bus.available && isTransactionMessage(call.action)) return connection.close('unackable');
    if (ack === 'durable') this.publishThenAnswer(call, frame, payload, at);
    else this.forwardToService(call, frame, payload, at);
  }

  /** A SEND of 2.1 is never answered, may be dropped, and is never taken from a station that is not accepted (N15). */
  handleSend(call: Call, frame: Buffer): void {
    const { connection, bus, telemetry } = this.parts;
    const sendable = findAction(connection.protocol, call.action)?.kind === 'send' && this.sends < MAX_PENDING_SENDS;
    if (!sendable || connection.registration !== 'accepted') return telemetry.droppedSend(connection, call);
    const checked = this.check(call, frame, undefined);
    if (checked instanceof OcppError) return telemetry.droppedSend(connection, call);
    this.sends += 1;
    publishUplink(bus, connection, { ...this.uplink(call, frame), ack: 'none', checked, answerBy: 0, requested: false, span: null })
      .catch(() => telemetry.droppedSend(connection, call))
      .finally(() => (this.sends -= 1));
  }

  /** Passes on the answer of the owning service. Returns false when the call does not wait for it any more. */
  sendReply(id: MessageId, frame: string, trace?: string): boolean {
    const pending = this.pending.get(id);
    if (pending === undefined) {
      this.parts.telemetry.lateReply();
      return false;
    }
    recordReply(pending.span, pending.action, trace);
    this.finish(id, pending, frame, frame.startsWith('[4') ? 'callerror' : 'ok');
    return true;
  }

  /** The connection is over. Messages that are on the bus are handled all the same. */
  onDisconnected(): void {
    for (const { timer, span } of this.pending.values()) {
      clearTimeout(timer);
      endCallSpan(span, 'disconnected');
    }
    this.pending.clear();
  }

  /** The Heartbeat of an accepted station is answered from the local clock. */
  private answerHeartbeat(call: Call, frame: Buffer, at: number): void {
    const checked = this.check(call, frame, undefined);
    if (checked instanceof OcppError) return this.refuse(call, checked, at);
    this.parts.connection.send(`[3,${JSON.stringify(call.id)},{"currentTime":"${new Date().toISOString()}"}]`);
    this.countAnswer({ action: call.action, at, span: null }, 'ok');
  }

  /** Ack class `durable`: the message is valid and on the bus before it is answered. The answer carries no decision. */
  private publishThenAnswer(call: Call, frame: Buffer, payload: unknown, at: number): void {
    const { connection, bus } = this.parts;
    const checked = this.check(call, frame, payload);
    if (checked instanceof OcppError) return this.refuse(call, checked, at);
    const span = openCallSpan(connection, call.action, call.id);
    const pending = { action: call.action, at, timer: undefined, span };
    this.pending.set(call.id, pending);
    publishUplink(bus, connection, { ...this.uplink(call, frame), ack: 'durable', checked, answerBy: 0, requested: false, span }).then(
      () => this.finishIfPending(call.id, pending, `[3,${JSON.stringify(call.id)},{}]`, 'ok'),
      () => this.onPublishFailed(call, pending),
    );
  }

  /** Ack class `service`: the owning service answers, within the time that its action allows. */
  private forwardToService(call: Call, frame: Buffer, payload: unknown, at: number): void {
    const { connection, bus } = this.parts;
    const uplink = this.uplink(call, frame, payload);
    const waitMs = answerTimeMs(connection.protocol, uplink);
    const span = openCallSpan(connection, call.action, call.id);
    const pending: Pending = { action: call.action, at, timer: undefined, span };
    pending.timer = setTimeout(() => this.onTimeout(call, pending), waitMs);
    this.pending.set(call.id, pending);
    const answerBy = Date.now() + waitMs;
    const requested = connection.registration !== 'accepted' && this.parts.requested.takeFrame(frame, performance.now());
    publishUplink(bus, connection, { ...uplink, ack: 'service', checked: 'no', answerBy, requested, span }).catch(() =>
      this.onPublishFailed(call, pending),
    );
  }

  private uplink({ id, action }: Call, frame: Buffer, payload?: unknown): Pick<Uplink, 'lane' | 'action' | 'messageId' | 'frame'> {
    return { lane: laneOf(this.parts.connection.protocol, action, payload), action, messageId: id, frame };
  }

  /** How strictly the payload passed its schema, or the error it is answered with. */
  private check({ id, action }: Call, frame: Buffer, payload: unknown): Checked | OcppError {
    const { connection, telemetry } = this.parts;
    let value = payload;
    if (value === undefined) {
      const parsed = parseFrame(frame);
      if (parsed.type === 'broken') return faultError(parsed.fault);
      value = parsed.type === 'call' || parsed.type === 'send' ? parsed.payload : undefined;
    }
    const checked = checkRequest(connection.protocol, action, value, 'inbound');
    if (checked.ok) return checked.leniency.length === 0 ? 'strict' : 'tolerant';
    telemetry.invalidMessage(connection, { id, action }, checked.error);
    return checked.error;
  }

  /** An error would make the station forget a transaction message, so it gets none: without an answer the station sends it again. */
  private onPublishFailed(call: Call, pending: Pending): void {
    if (!isTransactionMessage(call.action))
      return this.finishIfPending(call.id, pending, this.errorFrame(call, new OcppError('internal-error')), 'callerror');
    this.giveUp(call.id, pending);
    if (!this.parts.bus.available) this.parts.connection.close('unackable');
  }

  private onTimeout(call: Call, pending: Pending): void {
    if (isTransactionMessage(call.action)) this.giveUp(call.id, pending);
    else this.finishIfPending(call.id, pending, this.errorFrame(call, new OcppError('internal-error')), 'timeout');
  }

  private giveUp(id: MessageId, pending: Pending): void {
    if (this.pending.get(id) !== pending) return;
    clearTimeout(pending.timer);
    this.pending.delete(id);
    this.countAnswer(pending, 'timeout');
  }

  private finishIfPending(id: MessageId, pending: Pending, frame: string, result: CallResult): void {
    if (this.pending.get(id) === pending) this.finish(id, pending, frame, result);
  }

  private finish(id: MessageId, pending: Pending, frame: string, result: CallResult): void {
    clearTimeout(pending.timer);
    this.pending.delete(id);
    this.parts.connection.send(frame);
    this.countAnswer(pending, result);
  }

  private refuse(call: Call, error: OcppError, at: number): void {
    this.parts.connection.send(this.errorFrame(call, error));
    this.countAnswer({ action: call.action, at, span: openCallSpan(this.parts.connection, call.action, call.id) }, 'callerror');
  }

  private countAnswer({ action, at, span }: Pick<Pending, 'action' | 'at' | 'span'>, result: CallResult): void {
    const { protocol } = this.parts.connection;
    this.parts.telemetry.call({ direction: 'in', protocol, action, result, ms: performance.now() - at, span });
    endCallSpan(span, result);
    this.parts.onAnswered(action);
  }

  private errorFrame({ id }: Call, error: OcppError): string {
    return encodeError(this.parts.connection.protocol, id, error);
  }
}
