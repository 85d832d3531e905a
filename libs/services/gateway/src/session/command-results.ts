import { mayContainSecret, redact, redactText } from '@voltbus/ocpp';
import { CALL_RESULTS, TRACE_HEADER, stationKey, type CallOutcome, type CallResult, type StationRef } from '@voltbus/contracts';
import { MAX_VALUE_BYTES, type Bus } from '@voltbus/bus';
import { endCallSpan } from './call-span';
import type { Command } from './command-queue';
import type { GatewayTelemetry } from '../telemetry';
import { MAX_WAITING_RESULT_BYTES, RESULT_ROOM_BYTES } from '../limits';
import { WaitingRecords } from './waiting-records';

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

/** Publishes the results of commands, in order. While the bus is away they wait, within a bound of bytes, and are sent again. */
export class CommandResults {
  private readonly records: WaitingRecords;

  constructor(
    bus: Pick<Bus, 'publish'>,
    private readonly telemetry: Pick<GatewayTelemetry, 'commandResult' | 'resultLost' | 'publishFailed'>,
  ) {
    this.records = new WaitingRecords({
      bus,
      topic: CALL_RESULTS,
      maxBytes: MAX_WAITING_RESULT_BYTES,
      onGivenUp: () => telemetry.resultLost(),
      onRefused: (error) => telemetry.publishFailed(error, 'the result of a command'),
    });
  }

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
    this.records.publish({ key: stationKey(ref), value: valueOf(result), ...headers });
  }

  /** Resolves when no result waits. */
  flush(): Promise<void> {
    return this.records.flush();
  }

  stop(): void {
    this.records.stop();
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
