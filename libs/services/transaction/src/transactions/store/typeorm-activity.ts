import type { StationRef } from '@voltbus/contracts';
import { prepared, preparedAlone, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { transactionId } from '../../metering';
import { BY_THE_CLOCK, LAST_ACTIVITY_AT, wasRefused } from './typeorm-last-activity';

/**
 * Readings show activity and come every minute: it is written this often at most, unless a stale transaction waits for
 * a sign of it.
 */
const WRITTEN_EVERY_MS = 5 * 60_000;

/**
 * Of the named transaction at its EVSE: the open ones that began before it, and itself where another one has begun since. Both are found by an index; as one
 * join of all pairs of an EVSE it took Postgres 2 to 4 ms of each session (ADR 125).
 */
const SUSPECT_OLDER: Statement = {
  name: 'transactions-suspect-older',
  merge: 'json-rows',
  text: `
UPDATE transactions.transactions t SET freed_at = doubtful.now, freed_said_at = doubtful.later
FROM (SELECT named.tenant, pair.id, pair.later, reported.now
  FROM json_to_recordset($1::json) AS reported(tenant text, id uuid, now timestamptz)
  JOIN transactions.transactions named ON named.tenant = reported.tenant AND named.id = reported.id
  CROSS JOIN LATERAL (
    SELECT older.id, named.started_at AS later FROM transactions.transactions older
    WHERE older.tenant = named.tenant AND older.station = named.station AND older.evse = named.evse AND older.ended_at IS NULL
      AND older.started_at < named.started_at AND (NOT ${wasRefused('named')} OR named.protocol <> 'ocpp1.6')
    UNION ALL
    (SELECT named.id, newer.started_at FROM transactions.transactions newer
    WHERE named.ended_at IS NULL AND newer.tenant = named.tenant AND newer.station = named.station AND newer.evse = named.evse
      AND newer.started_at > named.started_at AND NOT ${wasRefused('newer')} ORDER BY newer.started_at LIMIT 1)
  ) AS pair) AS doubtful
WHERE t.tenant = doubtful.tenant AND t.id = doubtful.id AND t.ended_at IS NULL AND t.freed_at IS NULL`,
};

const ACTIVE_BY_NAME: Statement = {
  name: 'transactions-active-by-name',
  text: `
UPDATE transactions.transactions t SET ${activityColumns('$4')}
FROM (SELECT tenant, id, max(at) AS at FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS one(tenant, id, at) GROUP BY tenant, id) AS active
WHERE t.tenant = active.tenant AND t.id = active.id AND ${isAwaited('$5')}`,
};

/** A reading of a station's EVSE. */
interface Activity {
  ref: StationRef;
  evse: number | null;
  context: string;
  at: number;
}

/** When open transactions were last active, and which of them another one at their EVSE makes doubtful. */
export class TypeormActivity {
  constructor(private readonly dataSource: DataSource) {}

  /** Of all tenants. */
  async countActive(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM transactions.transactions WHERE ended_at IS NULL',
    );
    return row?.count ?? 0;
  }

  /** Readings of those instants named these transactions: they were active. */
  async recordActivity(named: readonly { ref: StationRef; reference: string; at: number }[], now: Date): Promise<void> {
    await preparedAlone(this.dataSource, ACTIVE_BY_NAME, [
      named.map(({ ref }) => ref.tenant),
      named.map(({ ref, reference }) => transactionId(ref, reference)),
      named.map(({ at }) => new Date(at)),
      now,
      new Date(now.getTime() - WRITTEN_EVERY_MS),
    ]);
  }

  /** Unnamed readings show activity of the transaction of their EVSE, unless they are taken by the clock. */
  async recordActivityAt(readings: readonly Activity[], now: Date): Promise<void> {
    const counted = readings.filter(({ evse, context }) => evse !== null && context !== BY_THE_CLOCK);
    if (counted.length === 0) return;
    await this.dataSource.query(
      `UPDATE transactions.transactions t SET ${activityColumns('$5')}
       FROM (SELECT tenant, station, evse, max(at) AS at FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[])
         AS one(tenant, station, evse, at) GROUP BY tenant, station, evse) AS active
       WHERE t.tenant = active.tenant AND t.station = active.station AND t.evse = active.evse AND t.started_at <= active.at AND ${isAwaited('$6')}`,
      [
        counted.map(({ ref }) => ref.tenant),
        counted.map(({ ref }) => ref.station),
        counted.map(({ evse }) => evse),
        counted.map(({ at }) => new Date(at)),
        now,
        new Date(now.getTime() - WRITTEN_EVERY_MS),
      ],
    );
  }

  /**
   * Activity of a transaction makes another doubtful that began before it at the same EVSE, which has one transaction
   * at a time. Of the two the one that began first is over, whichever was active now; a refused one shows nothing,
   * unless its station can be queried (2.x).
   */
  async suspectOlder(named: readonly { ref: StationRef; reference: string }[], now: Date, manager?: EntityManager): Promise<void> {
    const rows = JSON.stringify(named.map(({ ref, reference }) => ({ tenant: ref.tenant, id: transactionId(ref, reference), now })));
    if (manager !== undefined) await prepared(manager, SUSPECT_OLDER, [rows]);
    else await preparedAlone(this.dataSource, SUSPECT_OLDER, [rows]);
  }
}

/** SQL: sets the activity of `active.at`, received at `now`. Activity from before a status query is no answer to it. */
function activityColumns(now: string): string {
  const at = `least(active.at, ${now}::timestamptz)`;
  return `heard_at = ${now}, said_at = greatest(${LAST_ACTIVITY_AT}, ${at}), asked_at = CASE WHEN ${at} < t.asked_at THEN t.asked_at END`;
}

/** Open, and without activity for a while, queried or doubtful. */
function isAwaited(before: string): string {
  return `t.ended_at IS NULL AND (t.heard_at < ${before} OR t.asked_at IS NOT NULL OR t.freed_at IS NOT NULL)`;
}
