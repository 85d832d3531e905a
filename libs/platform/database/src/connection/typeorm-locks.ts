import { stationKey, type StationRef } from '@voltbus/contracts';
import type { EntityManager } from 'typeorm';
import { prepared, type Statement } from './typeorm-prepared';

const LOCK: Statement = { name: 'lock', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))' };

/** Locks what has this name until the database transaction ends. The lock is of the whole database. */
export async function lockNamed(manager: EntityManager, name: string): Promise<void> {
  await prepared(manager, LOCK, [name]);
}

/**
 * Locks a station, or its tenant (`NO_STATION`), until the database transaction ends: one transaction at a time changes it and writes its events, so that
 * the order of outbox ids is the order of commits. The lock is of the whole database: services share it.
 */
export function lockStation(manager: EntityManager, ref: StationRef): Promise<void> {
  return lockNamed(manager, stationKey(ref));
}
