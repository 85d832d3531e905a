import { prepared, type Statement } from '@voltbus/database';
import type { TransactionState } from '../domain/transaction';
import { readingScope } from './stored-transaction';
import type { StationUnit } from './typeorm-station-unit';

/** Readings by the clock are taken whether a transaction charges or not. */
export const BY_THE_CLOCK = 'Sample.Clock';

/**
 * The transaction was refused when it began: it ends no other and is in the way of none. `alias`: of `transactions`.
 */
export const wasRefused = (alias: string): string => `coalesce((${alias}.state #>> '{token,refused}')::boolean, false)`;

/** The last activity, by the station's clock. */
export const LAST_ACTIVITY_AT = 'coalesce(t.said_at, t.heard_at)';
/**
 * No activity from after its connector was free, by the station's clock: messages of a queue that is being emptied are
 * from before. A message from so shortly after is one of the end itself.
 */
export const INACTIVE_SINCE_FREE = `${LAST_ACTIVITY_AT} < coalesce(t.freed_said_at, t.freed_at) + interval '5 seconds'`;

/**
 * The last activity of a transaction by its station's clock, and the instant by which it was over: a later session of
 * its EVSE shows that. Its own messages and the readings that name it count, whatever they measure: its station holds
 * it for running. Unnamed readings of its EVSE count unless they are taken by the clock; those count as far as the
 * register rises. $3: over by then; $4: no activity since.
 */
const LAST_ACTIVITY: Statement = {
  name: 'transaction-last-activity',
  merge: ['text', 'uuid', 'timestamptz', 'timestamptz'],
  text: `
SELECT b.before, least(b.until, greatest(
  (SELECT max(at) FROM transactions.events e WHERE e.tenant = t.tenant AND e.station = t.station AND e.transaction = t.reference),
  (SELECT max(at) FROM transactions.readings r WHERE r.tenant = t.tenant AND r.station = t.station AND r.transaction = t.reference
    AND r.at >= t.started_at - interval '1 day' AND r.at <= b.until),
  (SELECT max(at) FROM transactions.readings r WHERE r.tenant = t.tenant AND r.station = t.station AND r.transaction = '' AND r.evse = t.evse
    AND r.context <> '${BY_THE_CLOCK}' AND r.at BETWEEN t.started_at AND b.until),
  (SELECT at FROM (
    SELECT r.at, r.energy_wh, min(r.energy_wh) OVER () AS least FROM transactions.readings r
    WHERE r.tenant = t.tenant AND r.station = t.station AND r.transaction = '' AND r.evse = t.evse AND r.energy_wh IS NOT NULL
      AND r.at BETWEEN t.started_at AND b.until) AS clocked
   WHERE energy_wh > coalesce((t.state ->> 'statedStartWh')::double precision, least) ORDER BY energy_wh DESC, at LIMIT 1))) AS at
FROM transactions.transactions t, LATERAL (
  SELECT before, coalesce(before, 'infinity') AS until FROM (SELECT least($3::timestamptz, CASE WHEN ${INACTIVE_SINCE_FREE} THEN t.freed_said_at END, (
    SELECT min(n.started_at) FROM transactions.transactions n
    WHERE n.tenant = t.tenant AND n.station = t.station AND n.evse = t.evse AND n.started_at > t.started_at AND NOT ${wasRefused('n')})) AS before) AS bound
) AS b
WHERE t.tenant = $1 AND t.id = $2 AND ($4::timestamptz IS NULL OR date_trunc('milliseconds', t.heard_at) <= $4)`,
};

/** Whether its station has used the id that it was given: in a reading, or in a later report. */
const NAMED: Statement = {
  name: 'transaction-named',
  merge: ['text', 'text', 'text'],
  text: `
SELECT EXISTS (SELECT 1 FROM transactions.readings WHERE tenant = $1 AND station = $2 AND transaction = $3)
  OR EXISTS (SELECT 1 FROM transactions.events WHERE tenant = $1 AND station = $2 AND transaction = $3 AND type <> 'started') AS named`,
};

/** The later of the last that names it and the last of its EVSE that names none. */
const LAST_READ: Statement = {
  name: 'transaction-last-read',
  merge: ['text', 'text', 'text[]', 'integer', 'timestamptz'],
  text: `
SELECT at, wh FROM (
  (SELECT at, energy_wh AS wh FROM transactions.readings WHERE tenant = $1 AND station = $2 AND transaction = ANY($3) AND energy_wh IS NOT NULL
     AND at >= $5::timestamptz - interval '1 day' ORDER BY at DESC LIMIT 1)
  UNION ALL
  (SELECT at, energy_wh FROM transactions.readings WHERE tenant = $1 AND station = $2 AND transaction = '' AND evse = $4 AND energy_wh IS NOT NULL
     AND at >= $5 ORDER BY at DESC LIMIT 1)) AS latest
ORDER BY at DESC LIMIT 1`,
};

/** A register of a transaction, by the station's clock. */
interface LastRead {
  at: number;
  wh: number;
}

/** The last register read in an open transaction; null: none was. */
export async function lastRead({ manager }: StationUnit, state: TransactionState): Promise<LastRead | null> {
  const { tenant, station, references, evse, from } = readingScope(state);
  const [row] = await prepared<{ at: Date; wh: number }>(manager, LAST_READ, [tenant, station, references, evse, from]);
  return row === undefined ? null : { at: row.at.getTime(), wh: row.wh };
}

interface LastActivity {
  /** Epoch milliseconds, by the station's clock. */
  lastAt: number;
  /** By when it was over; null: nothing shows that it was. */
  before: number | null;
}

/**
 * The last activity by the station's clock; null when there was activity since `lastActiveAt`, or there is no such
 * transaction. `before`: an instant by which the transaction was over.
 */
export async function lastActivity(
  { manager, ref: { tenant } }: StationUnit,
  id: string,
  { before = null, lastActiveAt = null }: { before?: number | null; lastActiveAt?: Date | null },
): Promise<LastActivity | null> {
  const values = [tenant, id, before === null ? null : new Date(before), lastActiveAt];
  const [row] = await prepared<{ at: Date | null; before: Date | null }>(manager, LAST_ACTIVITY, values);
  return row === undefined || row.at === null ? null : { lastAt: row.at.getTime(), before: row.before?.getTime() ?? null };
}

/** Whether the station has used the transaction's id since the start. */
export async function isNamed({ manager, ref }: StationUnit, { reference }: TransactionState): Promise<boolean> {
  const [row] = await prepared<{ named: boolean }>(manager, NAMED, [ref.tenant, ref.station, reference]);
  return row?.named ?? false;
}
