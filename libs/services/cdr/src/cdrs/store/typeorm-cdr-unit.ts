import type { Cdr, StationRef } from '@voltbus/contracts';
import { prepared, type Outbox, type OutboxEvent, type Statement } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import { cdrHistory, type CdrHistory } from '../domain/cdr-history';
import { cdrIssued } from '../cdr-events';
import { nextInIssueOrder } from './typeorm-issue-order';
import type { TypeormHeldCdrs } from './typeorm-held-cdrs';

export interface BilledTransaction extends StationRef {
  transaction: string;
}

const HISTORY: Statement = {
  name: 'cdr-history',
  merge: ['text', 'uuid'],
  text: 'SELECT body, issued_at, confirmed FROM cdr.cdrs WHERE tenant = $1 AND transaction = $2 ORDER BY issued_at',
};
const ISSUE: Statement = {
  name: 'cdr-issue',
  merge: ['text', 'uuid', 'text', 'uuid', 'integer', 'text', 'timestamptz', 'jsonb', 'timestamptz'],
  text: `
INSERT INTO cdr.cdrs (tenant, id, station, transaction, revision, kind, started_at, body, issued_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
};

/** The CDRs of one transaction, in a database transaction that has its station locked. Stores of other blocks take its `manager`. */
export class CdrUnit {
  constructor(
    readonly manager: EntityManager,
    readonly ref: BilledTransaction,
    private readonly parts: { outbox: Outbox; held: TypeormHeldCdrs },
  ) {}

  /** All that is known of the transaction's CDRs. */
  async history(): Promise<CdrHistory> {
    const { tenant, transaction } = this.ref;
    const rows = await prepared<{ body: Cdr; issued_at: Date; confirmed: number | null }>(this.manager, HISTORY, [tenant, transaction]);
    const issued = rows.map(({ body, issued_at, confirmed }) => ({ cdr: body, issuedAt: issued_at, confirmed }));
    return cdrHistory(issued, await this.parts.held.of(this.manager, tenant, transaction));
  }

  /** One of the transaction's CDRs, issued or held. */
  async find(id: string): Promise<Cdr | null> {
    const { tenant } = this.ref;
    const rows: { body: Cdr }[] = await this.manager.query('SELECT body FROM cdr.cdrs WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0]?.body ?? this.parts.held.find(tenant, id, this.manager);
  }

  /** Stores a CDR that waits for an operator; the one that waited before must have been closed. */
  async hold(cdr: Cdr, events: OutboxEvent[]): Promise<void> {
    await this.parts.held.hold(this.manager, cdr);
    await this.publish(events);
  }

  /** Stores the decision about a held CDR. */
  closeReview(cdr: Cdr): Promise<void> {
    return this.parts.held.close(this.manager, cdr);
  }

  /** Stores the CDRs and publishes them. Returns them with the instant of their issue, which is not before `now`. */
  async issue(cdrs: readonly Cdr[], now: Date): Promise<Cdr[]> {
    const instants = await nextInIssueOrder(this.manager, { tenant: this.ref.tenant, count: cdrs.length, now });
    const issued = cdrs.map((cdr, at) => ({ ...cdr, issuedAt: instants[at]?.toISOString() ?? null }));
    for (const cdr of issued) {
      const { tenant, id, station, transaction, revision, kind, startedAt, issuedAt } = cdr;
      const values = [tenant, id, station, transaction, revision, kind, startedAt, JSON.stringify(cdr), issuedAt];
      await prepared(this.manager, ISSUE, values);
    }
    await this.publish(issued.map(cdrIssued));
    return issued;
  }

  /** Notes that a charge bills that revision as well: the CDR itself never changes. */
  async confirm({ tenant, id }: Cdr, revision: number, events: OutboxEvent[]): Promise<void> {
    await this.manager.query('UPDATE cdr.cdrs SET confirmed = $3 WHERE tenant = $1 AND id = $2', [tenant, id, revision]);
    await this.publish(events);
  }

  publish(events: readonly OutboxEvent[]): Promise<void> {
    return this.parts.outbox.add(this.manager, events);
  }
}
