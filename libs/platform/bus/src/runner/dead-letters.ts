import { DEAD_LETTERS } from '@voltbus/contracts';
import { RecordRefused, type Bus, type BusRecord, type DeadLetterCause, type OutgoingRecord } from '../port';
import type { Logger } from '@voltbus/telemetry';

/** An error text is kept to this length in the header. */
const MAX_ERROR_LENGTH = 2_000;

/** Longest wait for a dead letter's acknowledgement; then its partition backs off. Short, so that a stop is not held up. */
const DEAD_LETTER_TIMEOUT_MS = 5_000;

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
  /** The value's size, where the letter had to leave it in the origin topic because the bus would not take it once more. */
  leftBehind: 'origin-left-behind',
} as const;

/**
 * Returns the record with its key, value and headers unchanged, so that it can be replayed, and with headers that name
 * its origin.
 */
function deadLetter(record: BusRecord, cause: DeadLetterCause, now: Date): OutgoingRecord {
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

/**
 * Returns a function that publishes to the dead letters. A dead letter that cannot be handled stays where it is: publishing it
 * again would never end. One that the bus refuses goes without its value, which its origin topic still has.
 */
export function deadLetterTo(
  bus: Pick<Bus, 'publish'>,
  telemetry: { logger: Logger },
): (record: BusRecord, cause: DeadLetterCause) => Promise<void> {
  return async (record, cause) => {
    const origin = { topic: record.topic, offset: String(record.offset), partition: record.partition };
    if (record.topic === DEAD_LETTERS.name)
      return telemetry.logger.error(origin, 'a dead letter could not be handled; it stays in its topic');
    const letter = deadLetter(record, cause, new Date());
    try {
      await bus.publish(DEAD_LETTERS, letter, { timeoutMs: DEAD_LETTER_TIMEOUT_MS });
    } catch (err) {
      if (!(err instanceof RecordRefused)) throw err;
      telemetry.logger.error({ ...origin, err }, 'the bus refuses a dead letter; its value stays in its topic');
      await bus.publish(DEAD_LETTERS, withoutValue(letter), { timeoutMs: DEAD_LETTER_TIMEOUT_MS }).catch((error: unknown) => {
        if (!(error instanceof RecordRefused)) throw error;
      });
    }
  };
}

/** Returns the letter with only the headers that name the record's place and the cause. */
function withoutValue({ key, value, headers = {} }: OutgoingRecord): OutgoingRecord {
  const origin = Object.fromEntries(
    Object.values(ORIGIN_HEADERS).flatMap((name) => (name in headers ? [[name, headers[name] ?? '']] : [])),
  );
  return { key, value: Buffer.alloc(0), headers: { ...origin, [ORIGIN_HEADERS.leftBehind]: String(value.length) } };
}
