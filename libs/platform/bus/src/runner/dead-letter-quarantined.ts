import { PoisonError, type BusRecord, type DeadLetterCause } from '../port';
import { type KeyQueue } from './key-queue';
import { asError } from './failure';

/** Records of one key in quarantine that are dead-lettered together: one at a time they would hold up their partition. */
const MAX_TOGETHER = 100;

interface QuarantineOptions {
  group: string;
  /** Returns how often a record may be tried: 0 in quarantine. */
  attempts(record: BusRecord): number;
  /** Sends the record to the dead letters. A rejection means that the bus is away: the record waits. */
  deadLetter(record: BusRecord, cause: DeadLetterCause): Promise<void>;
}

/** Dead-letters the records in quarantine at the head of the queue, in order and `most` at most; returns how many there were. */
export async function deadLetterQuarantined(
  { group, attempts, deadLetter }: QuarantineOptions,
  queue: KeyQueue,
  most: number,
): Promise<number> {
  const first = queue.entries.slice(0, Math.min(most, MAX_TOGETHER));
  const end = first.findIndex(({ record }) => attempts(record) > 0);
  const records = end === -1 ? first : first.slice(0, end);
  const error = new PoisonError('not tried: too many records of this station failed shortly before');
  const results = await Promise.allSettled(
    records.map(({ record, handler }) => deadLetter(record, { kind: 'quarantine', group, handler: handler.name, error, attempts: 0 })),
  );
  const failed = results.findIndex((result) => result.status === 'rejected');
  const gone = failed === -1 ? records.length : failed; // behind one that failed all go again, so that their order holds
  queue.entries.splice(0, gone);
  const away = results[failed];
  if (away?.status === 'rejected') queue.blocked = asError(away.reason);
  return gone;
}
