import { PoisonError, type BusRecord, type DeadLetterCause } from '../bus';
import { type Line } from '../line';
import { asError } from './failure';

/** Records of one key in quarantine that go to the dead letters together: one at a time they would hold up their partition. */
const MAX_PUT_AWAY_TOGETHER = 100;

export interface PutAwayOptions {
  group: string;
  /** How often a record may be tried: 0 in quarantine. */
  attempts(record: BusRecord): number;
  /** A rejection means the bus is away: the record waits. */
  bury(record: BusRecord, cause: DeadLetterCause): Promise<void>;
}

/** Sends the records in quarantine at the head of the line, `most` at most, to the dead letters in their order; returns how many are there. */
export async function putAway({ group, attempts, bury }: PutAwayOptions, line: Line, most: number): Promise<number> {
  const first = line.entries.slice(0, Math.min(most, MAX_PUT_AWAY_TOGETHER));
  const end = first.findIndex(({ record }) => attempts(record) > 0);
  const records = end === -1 ? first : first.slice(0, end);
  const error = new PoisonError('not tried: too many records of this station failed shortly before');
  const results = await Promise.allSettled(
    records.map(({ record, handler }) => bury(record, { kind: 'quarantine', group, handler: handler.name, error, attempts: 0 })),
  );
  const failed = results.findIndex((result) => result.status === 'rejected');
  const gone = failed === -1 ? records.length : failed; // behind one that failed all go again, so that their order holds
  line.entries.splice(0, gone);
  const away = results[failed];
  if (away?.status === 'rejected') line.blocked = asError(away.reason);
  return gone;
}
