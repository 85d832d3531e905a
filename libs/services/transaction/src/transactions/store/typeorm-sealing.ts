import type { StationRef } from '@voltbus/contracts';
import { BATCH_MS, setLockTimeout, setStatementTimeout, tryLocks, type Batch } from '@voltbus/database';
import type { DataSource } from 'typeorm';

const DAY_MS = 86_400_000;
/** Sessions sealed at once: each holds the lock of its station meanwhile. */
export const SEAL_BATCH = 500;
/** Dropping a day waits so long for those who read; then it is left to the next time. */
const LOCK_MS = 2_000;

/**
 * Seals and removes messages in one statement, so that no summary could be computed anew from a part of them. A station
 * whose lock is held is left to the next run. $1: began before, $2: how many, $3: now.
 */
const SEAL = `
WITH old AS MATERIALIZED (
  SELECT tenant, id, station FROM transactions.transactions
  WHERE sealed_at IS NULL AND ended_at IS NOT NULL AND started_at < $1 ORDER BY started_at LIMIT $2),
mine AS MATERIALIZED (SELECT * FROM old WHERE pg_try_advisory_xact_lock(hashtextextended(tenant || '/' || station, 0))),
sealed AS (
  UPDATE transactions.transactions t SET sealed_at = $3 FROM mine
  WHERE t.tenant = mine.tenant AND t.id = mine.id AND t.ended_at IS NOT NULL RETURNING t.tenant, t.station, t.reference),
gone AS (
  DELETE FROM transactions.events e USING sealed s
  WHERE e.tenant = s.tenant AND e.station = s.station AND e.transaction = s.reference RETURNING 1)
SELECT (SELECT count(*) FROM sealed)::integer AS sealed, (SELECT count(*) FROM gone)::integer AS events`;

const REMOVE = `
WITH gone AS (
  DELETE FROM transactions.transactions WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM transactions.transactions WHERE sealed_at IS NOT NULL AND started_at < $1 ORDER BY started_at LIMIT $2))
  RETURNING tenant, station, id, reference),
limits AS (DELETE FROM transactions.limits l USING gone WHERE l.tenant = gone.tenant AND l.transaction = gone.id),
stops AS (
  DELETE FROM transactions.matched_stops m USING gone WHERE m.tenant = gone.tenant AND m.station = gone.station AND m.transaction = gone.id),
reports AS (
  DELETE FROM transactions.events e USING gone WHERE e.tenant = gone.tenant AND e.station = gone.station AND e.transaction = gone.reference)
SELECT count(*)::integer AS count FROM gone`;

/** Seals sessions that are too old to be computed anew, and removes what they were computed from. */
export class TypeormSealing {
  constructor(private readonly dataSource: DataSource) {}

  /** Open sessions that began before, the oldest first. */
  outlasting(before: Date, limit: number): Promise<(StationRef & { id: string })[]> {
    return this.dataSource.query(
      `SELECT tenant, station, id FROM transactions.transactions
       WHERE sealed_at IS NULL AND ended_at IS NULL AND started_at < $1 ORDER BY started_at LIMIT $2`,
      [before, limit],
    );
  }

  /** Ended sessions that began before. Null: another process is at it. */
  async seal(before: Date, limit: number, now: Date): Promise<{ sealed: number; events: number } | null> {
    const rows = await this.alone<{ sealed: number; events: number }>('sealing', SEAL, [before, limit, now]);
    return rows === null ? null : (rows[0] ?? { sealed: 0, events: 0 });
  }

  /** Whether every session that began before is sealed. */
  async allSealed(before: Date): Promise<boolean> {
    const [row]: { open: boolean }[] = await this.dataSource.query(
      `SELECT EXISTS (SELECT FROM transactions.transactions WHERE sealed_at IS NULL AND started_at < $1) AS open`,
      [before],
    );
    return row?.open === false;
  }

  /** Drops the partitions of days of readings that were over by then; returns how many. */
  async dropReadingDays(before: Date): Promise<number> {
    const rows: { name: string }[] = await this.dataSource.query(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'transactions.readings'::regclass`,
    );
    const old = rows.filter(({ name }) => (dayOf(name) ?? Infinity) + DAY_MS <= before.getTime());
    for (const { name } of old)
      await this.dataSource.transaction(async (manager) => {
        await setStatementTimeout(manager, { statementMs: BATCH_MS });
        await setLockTimeout(manager, LOCK_MS);
        await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('transactions.readings', 0))`);
        await manager.query(`DROP TABLE IF EXISTS transactions.${name}`);
      });
    return old.length;
  }

  /** Readings whose day never had a partition. Null: another process is at it. */
  async removeReadings(before: Date, limit: number): Promise<Batch | null> {
    const sql = `
      WITH gone AS (DELETE FROM transactions.readings_default WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM transactions.readings_default WHERE at < $1 ORDER BY at LIMIT $2)) RETURNING 1)
      SELECT count(*)::integer AS count FROM gone`;
    return batchOf(await this.alone<{ count: number }>('readings', sql, [before, limit]), limit);
  }

  /** Sealed sessions that began before, with all that hangs on them. Null: another process is at it. */
  async removeSessions(before: Date, limit: number): Promise<Batch | null> {
    return batchOf(await this.alone<{ count: number }>('transactions', REMOVE, [before, limit]), limit);
  }

  private alone<Row>(work: string, sql: string, values: readonly unknown[]): Promise<Row[] | null> {
    return this.dataSource.transaction(async (manager) => {
      const [isMine] = await tryLocks(manager, [`retention transactions ${work}`]);
      if (isMine !== true) return null;
      await setStatementTimeout(manager, { statementMs: BATCH_MS });
      return manager.query<Row[]>(sql, [...values]);
    });
  }
}

function batchOf(rows: readonly { count: number }[] | null, limit: number): Batch | null {
  if (rows === null) return null;
  const removed = rows[0]?.count ?? 0;
  return { removed, more: removed === limit };
}

/** `readings_20260601`: when that day began; undefined for the default partition. */
function dayOf(name: string): number | undefined {
  const [, year, month, day] = /^readings_(\d{4})(\d\d)(\d\d)$/.exec(name) ?? [];
  return day === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day));
}
