import type { Cdr, ReviewState } from '@voltbus/contracts';
import { lockStation, type Outbox } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { CdrUnit, type BilledTransaction } from './typeorm-cdr-unit';
import type { TypeormHeldCdrs } from './typeorm-held-cdrs';

interface CdrFilter {
  station?: string;
  transaction?: string;
  /** By start of the session, inclusive. */
  from?: string;
  /** By start of the session, exclusive. */
  to?: string;
  review?: ReviewState;
}

/** CDRs: added, never changed. */
export class TypeormCdrs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly parts: { outbox: Outbox; held: TypeormHeldCdrs },
  ) {}

  /** The CDRs of one station change one at a time, each in one database transaction: commits come in the order of outbox ids. */
  locked<T>(ref: BilledTransaction, work: (unit: CdrUnit) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager: EntityManager): Promise<T> => {
      await lockStation(manager, ref);
      return work(new CdrUnit(manager, ref, this.parts));
    });
  }

  /** Issued or held. */
  async find(tenant: string, id: string): Promise<Cdr | null> {
    const rows: { body: Cdr }[] = await this.dataSource.query('SELECT body FROM cdr.cdrs WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0]?.body ?? this.parts.held.find(tenant, id);
  }

  /** Newest session first; `after` is the start and id at which the previous page ended. Without `review`: the issued ones. */
  async page(
    tenant: string,
    { station, transaction, from, to, review }: CdrFilter,
    { limit, after }: { limit: number; after: readonly [string, string] | null },
  ): Promise<Cdr[]> {
    const rows: { body: Cdr }[] = await this.dataSource.query(
      `SELECT body FROM (${listed(review)}) AS cdrs
       WHERE tenant = $1 AND ($2::text IS NULL OR station = $2) AND ($3::uuid IS NULL OR transaction = $3)
         AND ($4::timestamptz IS NULL OR started_at >= $4) AND ($5::timestamptz IS NULL OR started_at < $5)
         AND ($6::timestamptz IS NULL OR (started_at, id) < ($6, $7::uuid))
       ORDER BY started_at DESC, id DESC LIMIT $8`,
      [
        ...[tenant, station ?? null, transaction ?? null, from ?? null, to ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
        ...(review === undefined ? [] : [review]),
      ],
    );
    return rows.map(({ body }) => body);
  }
}

/** Selects by the state of the review. CDRs that were never charged are in `cdr.reviews` only; all others are charges and credits. */
function listed(review: ReviewState | undefined): string {
  const columns = 'tenant, id, station, transaction, started_at, body';
  const issued = `SELECT ${columns} FROM cdr.cdrs`;
  if (review === undefined) return issued;
  const decided = `${issued} WHERE coalesce(body -> 'review' ->> 'state', 'none') = $9`;
  const waiting = `SELECT ${columns} FROM cdr.reviews WHERE state = $9`;
  if (review === 'held' || review === 'superseded') return waiting;
  return review === 'waived' ? `${decided} UNION ALL ${waiting}` : decided;
}
