import type { Cdr } from '@voltbus/contracts';
import type { Outbox, OutboxEvent } from '@voltbus/persistence';
import type { DataSource, EntityManager } from 'typeorm';

export interface CdrFilter {
  station?: string;
  transaction?: string;
  /** By start of the session, inclusive. */
  from?: string;
  /** By start of the session, exclusive. */
  to?: string;
}

/** CDRs: added, never changed. */
export class TypeormCdrs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** Everything about one transaction at a time, in one database transaction. */
  forTransaction<T>(tenant: string, transaction: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${tenant}/${transaction}`]);
      return work(manager);
    });
  }

  /** All of a transaction's CDRs, oldest revision first, a credit before its charge. */
  async ofTransaction(manager: EntityManager, tenant: string, transaction: string): Promise<Cdr[]> {
    const rows: { body: Cdr }[] = await manager.query('SELECT body FROM cdr.cdrs WHERE tenant = $1 AND transaction = $2 ORDER BY revision, kind DESC', [tenant, transaction]);
    return rows.map(({ body }) => body);
  }

  async add(manager: EntityManager, cdrs: readonly Cdr[]): Promise<void> {
    for (const cdr of cdrs) {
      await manager.query(
        'INSERT INTO cdr.cdrs (tenant, id, station, transaction, revision, kind, started_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
        [cdr.tenant, cdr.id, cdr.station, cdr.transaction, cdr.revision, cdr.kind, cdr.startedAt, JSON.stringify(cdr)],
      );
    }
  }

  async tell(manager: EntityManager, events: OutboxEvent[]): Promise<void> {
    if (events.length > 0) await this.outbox.add(manager, events);
  }

  async find(tenant: string, id: string): Promise<Cdr | null> {
    const rows: { body: Cdr }[] = await this.dataSource.query('SELECT body FROM cdr.cdrs WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0]?.body ?? null;
  }

  /** Newest session first; `after` is the start and id the page before ended with. */
  async page(tenant: string, { station, transaction, from, to }: CdrFilter, { limit, after }: { limit: number; after: readonly [string, string] | null }): Promise<Cdr[]> {
    const rows: { body: Cdr }[] = await this.dataSource.query(
      `SELECT body FROM cdr.cdrs
       WHERE tenant = $1 AND ($2::text IS NULL OR station = $2) AND ($3::uuid IS NULL OR transaction = $3)
         AND ($4::timestamptz IS NULL OR started_at >= $4) AND ($5::timestamptz IS NULL OR started_at < $5)
         AND ($6::timestamptz IS NULL OR (started_at, id) < ($6, $7::uuid))
       ORDER BY started_at DESC, id DESC LIMIT $8`,
      [tenant, station ?? null, transaction ?? null, from ?? null, to ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
    return rows.map(({ body }) => body);
  }
}
