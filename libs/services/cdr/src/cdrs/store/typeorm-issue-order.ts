import { prepared, type Statement } from '@voltbus/database';
import type { EntityManager, QueryRunner } from 'typeorm';

/** Not the lock of a station or a tenant: nothing is locked while it is held, so that it ends with the commit at once. */
const LOCK_KEY = `hashtextextended('order of issue of ' || $1::text, 0)`;
const LOCK: Statement = { name: 'issue-order-lock', merge: ['text'], text: `SELECT pg_advisory_xact_lock(${LOCK_KEY})` };
/** A statement of its own: its snapshot must see what was committed before the lock was got. */
const NEXT: Statement = {
  name: 'issue-order-next',
  merge: ['text', 'timestamptz'],
  text: `SELECT date_trunc('milliseconds', greatest(clock_timestamp(), $2::timestamptz, (SELECT max(issued_at) FROM cdr.cdrs WHERE tenant = $1)))
    + interval '1 millisecond' AS next`,
};

/**
 * Returns the instants at which a tenant's next CDRs are issued: each later than all before, than `now` and than the
 * clock of the database. From here to the commit, the tenant's CDRs are issued by one database transaction at a time:
 * whoever sees a CDR sees all that were issued before it (ADR 66). Lock the station first, and commit soon.
 */
export async function nextInIssueOrder(
  manager: EntityManager,
  { tenant, count, now }: { tenant: string; count: number; now: Date },
): Promise<Date[]> {
  await prepared(manager, LOCK, [tenant]);
  const [row] = await prepared<{ next: Date }>(manager, NEXT, [tenant, now]);
  if (row === undefined) throw new Error('the database has no time');
  const runner = manager.queryRunner as QueryRunner; // a prepared statement has one
  const last = lastGiven.get(runner);
  const first = last?.tenant === tenant ? Math.max(row.next.getTime(), last.at + 1) : row.next.getTime();
  lastGiven.set(runner, { tenant, at: first + count - 1 });
  return Array.from({ length: count }, (_, nth) => new Date(first + nth));
}

/** The last instant that a database transaction gave: CDRs of several stations share one, and are stored after all of them have theirs. */
const lastGiven = new WeakMap<QueryRunner, { tenant: string; at: number }>();

/**
 * Waits for the CDRs of a tenant that are being issued: afterwards those of the time before are all stored, and none is
 * added to them. It waits no longer than `DATABASE_WAITS`, within which the transactions that it waits for end as well.
 */
export async function issuedUntilNow(manager: EntityManager, tenant: string): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock_shared(${LOCK_KEY})`, [tenant]);
}
