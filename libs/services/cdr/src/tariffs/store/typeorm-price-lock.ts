import { lockNamed } from '@voltbus/database';
import type { EntityManager } from 'typeorm';

/**
 * Until the database transaction ends, nobody else changes a tariff or an assignment of the tenant, nor refers to a tariff of it (ADR 64). Whoever also locks
 * the tenant does so afterwards.
 */
export function lockPrices(manager: EntityManager, tenant: string): Promise<void> {
  return lockNamed(manager, `prices ${tenant}`);
}

/** The instant of a new version: later than the latest one, also where that was written by a process whose clock is ahead. */
export function versionInstant(latest: Date | undefined, now: Date): Date {
  return latest === undefined || latest < now ? now : new Date(latest.getTime() + 1);
}
