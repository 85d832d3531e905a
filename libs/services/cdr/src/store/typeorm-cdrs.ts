import { stationKey, type Cdr, type CdrReview, type ReviewState, type StationRef, type Tariff } from '@voltbus/contracts';
import type { Outbox, OutboxEvent } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { AssignmentKind, TenantTerms, TermsSource, Version } from '@voltbus/pricing';
import type { Book } from '../review/domain/book';
import type { ReviewPolicy } from '../review/domain/doubts';
import type { TypeormReviews } from '../review/typeorm-reviews';
import type { TypeormAssignments } from './typeorm-assignments';
import type { TypeormTariffs } from './typeorm-tariffs';

export interface CdrFilter {
  station?: string;
  transaction?: string;
  /** By start of the session, inclusive. */
  from?: string;
  /** By start of the session, exclusive. */
  to?: string;
  review?: ReviewState;
}

interface SettlementStores {
  outbox: Outbox;
  tariffs: TypeormTariffs;
  assignments: TypeormAssignments;
  reviews: TypeormReviews;
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

  /** Issued, or waiting for a person. */
  async find(tenant: string, id: string): Promise<Cdr | null> {
    const rows: { body: Cdr }[] = await this.dataSource.query('SELECT body FROM cdr.cdrs WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0]?.body ?? this.stores.reviews.find(tenant, id);
  }

  /** Newest session first; `after` is the start and id the page before ended with. Without `review`: what was issued. */
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

/** Of those that were not charged the reviews know; the others are charges and credits. */
function listed(review: ReviewState | undefined): string {
  const columns = 'tenant, id, station, transaction, started_at, body';
  const issued = `SELECT ${columns} FROM cdr.cdrs`;
  if (review === undefined) return issued;
  const decided = `${issued} WHERE coalesce(body -> 'review' ->> 'state', 'none') = $9`;
  const waiting = `SELECT ${columns} FROM cdr.reviews WHERE state = $9`;
  if (review === 'held' || review === 'superseded') return waiting;
  return review === 'waived' ? `${decided} UNION ALL ${waiting}` : decided;
}

/** A charge that an operator took back is decided as well. */
function laterDecision(lastReview: Cdr | null, cdrs: readonly Cdr[]): ReviewState | null {
  const reviews = [...(lastReview === null ? [] : [lastReview]), ...cdrs].flatMap(({ review }) => (review?.at ? [review] : []));
  return reviews.reduce<CdrReview | null>((last, review) => ((last?.at ?? '') <= (review.at ?? '') ? review : last), null)?.state ?? null;
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

  /** All that is known of the transaction's CDRs. */
  async book(): Promise<Book> {
    const { tenant, transaction } = this.which;
    const rows: { body: Cdr; issued_at: Date | null; confirmed: number | null }[] = await this.manager.query(
      `SELECT body, issued_at, confirmed FROM cdr.cdrs WHERE tenant = $1 AND transaction = $2 ORDER BY nth NULLS FIRST, revision, kind DESC`,
      [tenant, transaction],
    );
    const cdrs = rows.map(({ body }) => body);
    const issuedAt = rows[0] === undefined ? null : (rows[0].issued_at?.getTime() ?? Date.parse(rows[0].body.endedAt));
    const confirmed = rows.findLast((row) => row.confirmed !== null);
    const { heldLast, lastDecision } = await this.stores.reviews.of(this.manager, tenant, transaction);
    return {
      cdrs,
      held: heldLast?.review?.state === 'held' ? heldLast : null,
      heldLast,
      revision: Math.max(heldLast?.revision ?? 0, confirmed?.confirmed ?? 0, ...cdrs.map((cdr) => cdr.revision)),
      confirmed: confirmed === undefined ? null : { id: confirmed.body.id, revision: confirmed.confirmed ?? 0 },
      firstIssuedAt: issuedAt,
      lastDecision: laterDecision(lastDecision, cdrs),
    };
  }

  policy(): Promise<ReviewPolicy> {
    return this.stores.reviews.policy(this.manager, this.which.tenant);
  }

  /** One of the transaction's CDRs, issued or not. */
  async find(id: string): Promise<Cdr | null> {
    const { tenant } = this.which;
    const rows: { body: Cdr }[] = await this.manager.query('SELECT body FROM cdr.cdrs WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0]?.body ?? this.stores.reviews.find(tenant, id, this.manager);
  }

  /** In the place of the one that waits now, if there is one. */
  async hold(cdr: Cdr, events: OutboxEvent[]): Promise<void> {
    await this.stores.reviews.hold(this.manager, cdr);
    await this.tell(events);
  }

  /** Nobody needs to look at that one any more. */
  closeReview(cdr: Cdr): Promise<void> {
    return this.stores.reviews.close(this.manager, cdr);
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
  async issue(cdrs: readonly Cdr[], events: OutboxEvent[], now: Date): Promise<void> {
    for (const cdr of cdrs) {
      const { tenant, id, station, transaction, revision, kind, startedAt } = cdr;
      await this.manager.query(
        `INSERT INTO cdr.cdrs (tenant, id, station, transaction, revision, kind, started_at, body, issued_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [tenant, id, station, transaction, revision, kind, startedAt, JSON.stringify(cdr), now],
      );
    }
    await this.tell(events);
  }

  /** A charge bills that revision as well: the CDR itself never changes. */
  async confirm({ tenant, id }: Cdr, revision: number, events: OutboxEvent[]): Promise<void> {
    await this.manager.query('UPDATE cdr.cdrs SET confirmed = $3 WHERE tenant = $1 AND id = $2', [tenant, id, revision]);
    await this.tell(events);
  }

  async tell(events: OutboxEvent[]): Promise<void> {
    if (events.length > 0) await this.stores.outbox.add(this.manager, events);
  }
}
