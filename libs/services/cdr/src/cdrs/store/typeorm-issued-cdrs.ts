import type { Cdr } from '@voltbus/contracts';
import { TypeormList, type ListSource, type Position } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { CDR_LIST, type CdrFilters, type CdrSort } from './typeorm-cdr-list';
import { issuedUntilNow } from './typeorm-issue-order';

const BY_ISSUE = { by: 'issuedAt', descending: false } as const;
const EVER = '1970-01-01T00:00:00.000Z';

/** The position behind a CDR in the order of issue, which cursors have that never expire. */
export function issuePosition({ issuedAt, id }: Pick<Cdr, 'issuedAt' | 'id'>): Position {
  return [issuedAt ?? EVER, id];
}

/** Charges and credits in the order in which they were issued. */
export class TypeormIssuedCdrs {
  private readonly listed: TypeormList<{ body: Cdr }, CdrFilters, CdrSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, CDR_LIST);
  }

  /** Where `issuedTo` has passed, the CDRs before it are all there: what is being issued meanwhile is waited for. */
  list(tenant: string): ListSource<Cdr, CdrFilters, CdrSort> {
    return {
      read: async ({ filters, limit, after }) => {
        if (filters.issuedTo !== undefined) await issuedUntilNow(this.dataSource.manager, tenant);
        const { items, next } = await this.listed.read(tenant, { filters, sort: BY_ISSUE, limit, after });
        const cdrs = items.map(({ body }) => body);
        const last = cdrs.at(-1);
        return { items: cdrs, next: next === null || last === undefined ? null : issuePosition(last) };
      },
      count: (filters, most) => this.listed.count(tenant, filters, most),
    };
  }
}
