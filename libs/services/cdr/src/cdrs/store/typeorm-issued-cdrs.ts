import type { Cdr, ReviewState } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { issuedUntilNow } from './typeorm-issue-order';

interface IssuedFilter {
  station?: string;
  transaction?: string;
  /** By start of the session, inclusive. */
  from?: string;
  /** By start of the session, exclusive. */
  to?: string;
  review?: ReviewState;
  /** Inclusive. */
  issuedFrom?: string;
  /** Exclusive. */
  issuedTo?: string;
}

/** Charges and credits in the order in which they were issued. */
export class TypeormIssuedCdrs {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * `after`: the instant of issue and id behind which the page begins. Where `issuedTo` has passed, the CDRs before it
   * are all there: what is being issued meanwhile is waited for.
   */
  async page(
    tenant: string,
    { station, transaction, from, to, review, issuedFrom, issuedTo }: IssuedFilter,
    { limit, after }: { limit: number; after: readonly [string, string] | null },
  ): Promise<Cdr[]> {
    if (issuedTo !== undefined) await issuedUntilNow(this.dataSource.manager, tenant);
    const rows: { body: Cdr }[] = await this.dataSource.query(
      `SELECT body FROM cdr.cdrs
       WHERE tenant = $1 AND ($2::text IS NULL OR station = $2) AND ($3::uuid IS NULL OR transaction = $3)
         AND ($4::timestamptz IS NULL OR started_at >= $4) AND ($5::timestamptz IS NULL OR started_at < $5)
         AND ($6::text IS NULL OR coalesce(body -> 'review' ->> 'state', 'none') = $6)
         AND issued_at >= coalesce($7::timestamptz, '-infinity') AND issued_at < coalesce($8::timestamptz, 'infinity')
         AND (issued_at, id) > (coalesce($9::timestamptz, '-infinity'), coalesce($10::uuid, '00000000-0000-0000-0000-000000000000'))
       ORDER BY issued_at, id LIMIT $11`,
      [tenant, ...[station, transaction, from, to, review, issuedFrom, issuedTo, after?.[0], after?.[1]].map((one) => one ?? null), limit],
    );
    return rows.map(({ body }) => body);
  }
}
