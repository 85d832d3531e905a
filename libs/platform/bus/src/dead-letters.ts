import { DEAD_LETTERS } from '@voltbus/contracts';
import { type Bus, type BusRecord, type DeadLetterCause, type OutgoingRecord } from './bus';
import { type BusTelemetry } from './telemetry';

/** Share of dead letters above which a subscription stops itself: something is wrong with us, not with the records. */
export const MOST_DEAD = 10;
/** Over how many of the last records that share is taken. */
export const OUT_OF_LAST = 1_000;
/** An error text is kept to this length in the header. */
const MAX_ERROR_LENGTH = 2_000;

/** A dead letter that nobody took by then: its partition backs off and tries again. Short, so that a stop is not held up. */
const BURY_TIMEOUT_MS = 5_000;

/** Headers that a dead letter carries beside those of its record. */
export const ORIGIN_HEADERS = {
  topic: 'origin-topic',
  partition: 'origin-partition',
  offset: 'origin-offset',
  group: 'origin-group',
  handler: 'origin-handler',
  kind: 'origin-kind',
  error: 'origin-error',
  attempts: 'origin-attempts',
  time: 'origin-time',
} as const;

/** The record as it goes to the dead letters: key, value and headers unchanged, so that it can be replayed, and where it came from. */
export function deadLetter(record: BusRecord, cause: DeadLetterCause, now: Date): OutgoingRecord {
  const headers: Record<string, string | Uint8Array> = {};
  for (const [name, value] of Object.entries(record.headers)) if (value !== undefined) headers[name] = value;
  headers[ORIGIN_HEADERS.topic] = record.topic;
  headers[ORIGIN_HEADERS.partition] = String(record.partition);
  headers[ORIGIN_HEADERS.offset] = String(record.offset);
  headers[ORIGIN_HEADERS.group] = cause.group;
  headers[ORIGIN_HEADERS.handler] = cause.handler;
  headers[ORIGIN_HEADERS.kind] = cause.kind;
  headers[ORIGIN_HEADERS.error] = `${cause.error.name}: ${cause.error.message}`.slice(0, MAX_ERROR_LENGTH);
  headers[ORIGIN_HEADERS.attempts] = String(cause.attempts);
  headers[ORIGIN_HEADERS.time] = now.toISOString();
  return { key: record.key, value: record.value, headers };
}

/** Publishes to the dead letters. A dead letter that cannot be handled stays where it is: publishing it again would never end. */
export function deadLetterTo(
  bus: Pick<Bus, 'publish'>,
  telemetry: Pick<BusTelemetry, 'logger'>,
): (record: BusRecord, cause: DeadLetterCause) => Promise<void> {
  return async (record, cause) => {
    if (record.topic === DEAD_LETTERS.name)
      telemetry.logger.error(
        { offset: String(record.offset), partition: record.partition },
        'a dead letter could not be handled; it stays in its topic',
      );
    else await bus.publish(DEAD_LETTERS, deadLetter(record, cause, new Date()), { timeoutMs: BURY_TIMEOUT_MS });
  };
}

/** Counts the dead among the last records: more than 1 % of the last 1,000 and the subscription must stop. */
export class StopRule {
  private readonly deadAt: number[] = [];
  private seen = 0;

  handled(records: number): void {
    this.seen += records;
  }

  /** True when this one was one too many. */
  dead(): boolean {
    this.seen += 1;
    this.deadAt.push(this.seen);
    while ((this.deadAt[0] ?? Infinity) <= this.seen - OUT_OF_LAST) this.deadAt.shift();
    return this.deadAt.length > MOST_DEAD;
  }
}
