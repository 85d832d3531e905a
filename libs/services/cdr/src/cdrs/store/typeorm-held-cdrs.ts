import type { Cdr } from '@voltbus/contracts';
import { prepared, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { HeldCdrs } from '../domain/cdr-history';

/** The number of held CDRs, and since when the oldest is held. */
interface HeldNow {
  count: number;
  oldestAt: Date | null;
}

const OF_TRANSACTION: Statement = {
  name: 'held-cdrs',
  merge: ['text', 'uuid'],
  text: `
SELECT which, body FROM (
  (SELECT 'last' AS which, body FROM cdr.reviews WHERE tenant = $1 AND transaction = $2 ORDER BY revision DESC LIMIT 1)
  UNION ALL (SELECT 'decided', body FROM cdr.reviews
    WHERE tenant = $1 AND transaction = $2 AND state IN ('released', 'corrected', 'waived') ORDER BY decided_at DESC LIMIT 1)) AS held`,
};

/** CDRs that wait for an operator, and those that did. */
export class TypeormHeldCdrs {
  constructor(private readonly dataSource: DataSource) {}

  async of(manager: EntityManager, tenant: string, transaction: string): Promise<HeldCdrs> {
    const rows = await prepared<{ which: string; body: Cdr }>(manager, OF_TRANSACTION, [tenant, transaction]);
    const bodyOf = (one: string) => rows.find(({ which }) => which === one)?.body ?? null;
    return { last: bodyOf('last'), decidedLast: bodyOf('decided') };
  }

  async find(tenant: string, id: string, manager: EntityManager = this.dataSource.manager): Promise<Cdr | null> {
    const rows: { body: Cdr }[] = await manager.query('SELECT body FROM cdr.reviews WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0]?.body ?? null;
  }

  async hold(manager: EntityManager, cdr: Cdr): Promise<void> {
    const { tenant, id, station, transaction, revision, startedAt, review } = cdr;
    await manager.query(
      `INSERT INTO cdr.reviews (tenant, id, station, transaction, revision, state, held_at, started_at, body)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [tenant, id, station, transaction, revision, review?.state, review?.heldAt, startedAt, JSON.stringify(cdr)],
    );
  }

  /** Stores the decision about a held CDR. */
  async close(manager: EntityManager, cdr: Cdr): Promise<void> {
    await manager.query('UPDATE cdr.reviews SET state = $3, decided_at = $4, body = $5 WHERE tenant = $1 AND id = $2', [
      cdr.tenant,
      cdr.id,
      cdr.review?.state,
      cdr.review?.at,
      JSON.stringify(cdr),
    ]);
  }

  /** Counts those of all tenants. */
  async heldNow(): Promise<HeldNow> {
    const rows: { count: number; oldest_at: Date | null }[] = await this.dataSource.query(
      `SELECT count(*)::integer AS count, min(held_at) AS oldest_at FROM cdr.reviews WHERE state = 'held'`,
    );
    return { count: rows[0]?.count ?? 0, oldestAt: rows[0]?.oldest_at ?? null };
  }
}
