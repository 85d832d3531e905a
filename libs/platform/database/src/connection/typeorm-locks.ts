import { stationKey, type StationRef } from '@voltbus/contracts';
import type { EntityManager } from 'typeorm';
import { workOf } from './typeorm-shared-work';
import type { Statement } from './statement';
import { prepared } from './typeorm-prepared';

const LOCK: Statement = { name: 'lock', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))' };

const TRY_LOCKS: Statement = {
  name: 'try-locks',
  text: `SELECT pg_try_advisory_xact_lock(hashtextextended(name, 0)) AS locked FROM unnest($1::text[]) WITH ORDINALITY AS given (name, place) ORDER BY place`,
};

/** Locks those of the names whose lock is free; says of each whether it was. */
export async function tryLocks(manager: EntityManager, names: readonly string[]): Promise<boolean[]> {
  const rows = await prepared<{ locked: boolean }>(manager, TRY_LOCKS, [names]);
  return rows.map(({ locked }) => locked);
}

/** Keeps works in one shared transaction apart that a lock of the database would keep apart in transactions of their own. */
export async function takeTurn(manager: EntityManager, name: string): Promise<void> {
  await workOf(manager)?.takeTurn(name);
}

/** Locks what has this name until the database transaction ends. The lock is of the whole database. */
export async function lockNamed(manager: EntityManager, name: string): Promise<void> {
  await takeTurn(manager, name);
  await prepared(manager, LOCK, [name]);
}

/**
 * Locks a station, or its tenant (`NO_STATION`), until the database transaction ends: one transaction at a time changes it and writes its events, so that
 * the order of outbox ids is the order of commits. The lock is of the whole database: services share it.
 */
export function lockStation(manager: EntityManager, ref: StationRef): Promise<void> {
  return lockNamed(manager, stationKey(ref));
}
