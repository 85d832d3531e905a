import { stationKey, type Cdr, type StationRef, type Tariff } from '@voltbus/contracts';
import type { Outbox, OutboxEvent } from '@voltbus/persistence';
import type { DataSource, EntityManager } from 'typeorm';
import type { AssignmentKind, TenantTerms, TermsSource, Version } from '@voltbus/pricing';
import type { TypeormAssignments } from './typeorm-assignments';
import type { TypeormTariffs } from './typeorm-tariffs';

export interface CdrFilter {
  station?: string;
  transaction?: string;
  /** By start of the session, inclusive. */
  from?: string;
  /** By start of the session, exclusive. */
  to?: string;
}

interface SettlementStores {
  outbox: Outbox;
  tariffs: TypeormTariffs;
  assignments: TypeormAssignments;
}

/** CDRs: added, never changed. */
export class TypeormCdrs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly stores: SettlementStores,
  ) {}

  /** A station's transactions are settled one at a time, each in one database transaction: commits in the order of its outbox ids. */
  settling<T>(which: SettledTransaction, work: (unit: SettlementUnit) => Promise<T>): Promise<T> {
    const locked = async (manager: EntityManager): Promise<T> => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [stationKey(which)]);
      return work(new SettlementUnit(manager, which, this.stores));
    };
    return this.dataSource.transaction(locked);
  }

  async find(tenant: string, id: string): Promise<Cdr | null> {
    const rows: { body: Cdr }[] = await this.dataSource.query('SELECT body FROM cdr.cdrs WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0]?.body ?? null;
  }

  /** Newest session first; `after` is the start and id the page before ended with. */
  async page(
    tenant: string,
    { station, transaction, from, to }: CdrFilter,
    { limit, after }: { limit: number; after: readonly [string, string] | null },
  ): Promise<Cdr[]> {
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

export interface SettledTransaction extends StationRef {
  transaction: string;
}

/** What is read and written to settle one transaction. */
export class SettlementUnit implements TermsSource {
  constructor(
    private readonly manager: EntityManager,
    private readonly which: SettledTransaction,
    private readonly stores: SettlementStores,
  ) {}

  /** All of the transaction's CDRs, oldest revision first, a credit before its charge. */
  async cdrs(): Promise<Cdr[]> {
    const { tenant, transaction } = this.which;
    const rows: { body: Cdr }[] = await this.manager.query(
      'SELECT body FROM cdr.cdrs WHERE tenant = $1 AND transaction = $2 ORDER BY revision, kind DESC',
      [tenant, transaction],
    );
    return rows.map(({ body }) => body);
  }

  termsHistory(): Promise<Version<TenantTerms>[]> {
    return this.stores.tariffs.termsHistory(this.manager, this.which.tenant);
  }

  tariffHistory(tariff: string): Promise<Version<Tariff>[]> {
    return this.stores.tariffs.tariffHistory(this.manager, this.which.tenant, tariff);
  }

  assignmentHistory(kind: AssignmentKind, group: string): Promise<Version<string>[]> {
    return this.stores.assignments.history(this.manager, this.which.tenant, kind, group);
  }

  stationGroups(): Promise<Version<string>[]> {
    return this.stores.assignments.stationGroups(this.manager, this.which);
  }

  /** The CDRs and their events, or neither. */
  async issue(cdrs: readonly Cdr[], events: OutboxEvent[]): Promise<void> {
    for (const cdr of cdrs) {
      await this.manager.query(
        'INSERT INTO cdr.cdrs (tenant, id, station, transaction, revision, kind, started_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
        [cdr.tenant, cdr.id, cdr.station, cdr.transaction, cdr.revision, cdr.kind, cdr.startedAt, JSON.stringify(cdr)],
      );
    }
    await this.tell(events);
  }

  async tell(events: OutboxEvent[]): Promise<void> {
    if (events.length > 0) await this.stores.outbox.add(this.manager, events);
  }
}
