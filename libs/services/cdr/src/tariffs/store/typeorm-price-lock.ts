import type { EntityManager } from 'typeorm';

/**
 * Until the database transaction ends, nobody else changes a tariff or an assignment of the tenant, nor refers to a tariff of it (ADR 64). Whoever also locks
 * the tenant does so afterwards.
 */
export async function lockPrices(manager: EntityManager, tenant: string): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`prices ${tenant}`]);
}

/** The instant of a new version: later than the latest one, also where that was written by a process whose clock is ahead. */
export function versionInstant(latest: Date | undefined, now: Date): Date {
  return latest === undefined || latest < now ? now : new Date(latest.getTime() + 1);
}
