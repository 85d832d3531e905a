import { mayContainSecret, redact, redactText } from '@voltbus/ocpp';
import { CALL_RESULTS, TRACE_HEADER, stationKey, type CallOutcome, type CallResult, type StationRef } from '@voltbus/contracts';
import { MAX_VALUE_BYTES, RecordRefused, type Bus } from '@voltbus/bus';
import { WakeableLoop } from '@voltbus/flow';
import { endCallSpan } from './call-span';
import type { Command } from './command-queue';
import type { GatewayTelemetry } from '../telemetry';
import { MAX_WAITING_RESULT_BYTES, RESULT_ROOM_BYTES } from '../limits';

const RETRY_MS = 1_000;
const TOO_LARGE: CallOutcome = {
  kind: 'error',
  code: 'InternalError',
  description: 'the station answered, with more than can be kept',
  details: {},
};

/** The connection that a command was sent on, or would have been. */
interface ResultSource {
  ref: StationRef;
  protocol: string;
  inst: string;
  epoch: number;
}

interface WaitingResult {
  key: string;
  value: Buffer;
  headers?: Readonly<Record<string, string>>;
}

/** Publishes the results of commands, in order. While the bus is away they wait, within a bound of bytes, and are sent again. */
export class CommandResults {
  private waiting: WaitingResult[] = [];
  private waitingBytes = 0;
  private readonly loop = new WakeableLoop({ run: () => this.sendWaiting() });

  constructor(
    private readonly bus: Bus,
    private readonly telemetry: Pick<GatewayTelemetry, 'commandResult' | 'resultLost'>,
  ) {}

  publishResult(
    { ref, protocol, inst, epoch }: ResultSource,
    { commandId, action, payload, span }: Command,
    outcome: CallOutcome,
    sentAt: number | null,
  ): void {
    this.telemetry.commandResult({ ref, command: commandId, action, epoch, outcome: outcome.kind, traceId: span?.traceId });
    if (outcome.kind !== 'sent') endCallSpan(span, outcome.kind === 'answered' ? 'ok' : outcome.kind);
    const redacted = withoutSecrets(payload, outcome);
    const result: CallResult = { commandId, ...ref, protocol, action, ...redacted, inst, epoch, sentAt, at: Date.now() };
    const headers = span === null ? {} : { headers: { [TRACE_HEADER]: span.traceparent } };
    this.enqueue({ key: stationKey(ref), value: valueOf(result), ...headers });
    this.loop.wake();
  }

  /** Resolves when no result waits. */
  flush(): Promise<void> {
    return this.loop.idle();
  }

  private enqueue(one: WaitingResult): void {
    this.waiting.push(one);
    this.waitingBytes += one.value.length;
    while (this.waitingBytes > MAX_WAITING_RESULT_BYTES && this.waiting.length > 1) {
      this.waitingBytes -= this.waiting.shift()?.value.length ?? 0;
      this.telemetry.resultLost();
    }
  }

  private async sendWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice();
      const results = await Promise.allSettled(batch.map((record) => this.bus.publish(CALL_RESULTS, record)));
      const failed = results.findIndex((result) => result.status === 'rejected' && !(result.reason instanceof RecordRefused));
      // Everything behind a failed result is sent again, so that the end of a command never comes before `sent`.
      this.removeWaiting(new Set(failed < 0 ? batch : batch.slice(0, failed)));
      if (failed >= 0) await new Promise((retry) => setTimeout(retry, RETRY_MS));
    }
  }

  private removeWaiting(sent: ReadonlySet<WaitingResult>): void {
    this.waiting = this.waiting.filter((one) => !sent.has(one));
    this.waitingBytes = this.waiting.reduce((sum, { value }) => sum + value.length, 0);
  }
}

/** Takes the secrets out of a command and its outcome, because others store them. Tokens of type KeyCode stay, as all tokens do. */
function withoutSecrets(payload: unknown, outcome: CallOutcome): Pick<CallResult, 'request' | 'outcome'> {
  if (!mayContainSecret(JSON.stringify([payload, outcome]))) return { request: payload, outcome };
  const { payload: request, hidden: known } = redact(payload, { keyCodes: false });
  if (outcome.kind === 'answered')
    return { request, outcome: { ...outcome, response: redact(outcome.response, { known, keyCodes: false }).payload } };
  if (outcome.kind !== 'error') return { request, outcome };
  const { description, details } = outcome;
  return { request, outcome: { ...outcome, description: redactText(description, known), details: redact(details, { known }).payload } };
}

/**
 * Encodes a result; one that the bus would never take loses its request and response, because a command must not be left without its end. The bound
 * is that of both together, because the event that ends the command repeats both.
 */
function valueOf(result: CallResult): Buffer {
  const value = Buffer.from(JSON.stringify(result));
  if (value.length <= MAX_VALUE_BYTES - RESULT_ROOM_BYTES) return value;
  const outcome = result.outcome.kind === 'answered' || result.outcome.kind === 'error' ? TOO_LARGE : result.outcome;
  return Buffer.from(JSON.stringify({ ...result, request: null, outcome } satisfies CallResult));
}
