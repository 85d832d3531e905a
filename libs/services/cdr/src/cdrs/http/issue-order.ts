import type { Cdr } from '@voltbus/contracts';
import { instant, readResumablePage, type ResumablePage } from '@voltbus/http';
import type { TypeormIssuedCdrs } from '../store/typeorm-issued-cdrs';

/** The query parameters that list CDRs in the order of their issue. */
export const issueQuery = {
  issuedFrom: instant
    .optional()
    .describe('Issued then or later. With `issuedFrom` or `issuedTo`, the list is in the order of issue, and `resumeCursor` never expires'),
  issuedTo: instant.optional().describe('Issued before. Once that time has passed, no CDR is added to the list'),
};

/** Before the first CDR of an instant. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const EVER = '1970-01-01T00:00:00.000Z';

type Filter = Parameters<TypeormIssuedCdrs['page']>[1];
type Query = Parameters<typeof readResumablePage<Cdr, [string, string]>>[0];

export function isByIssue({ issuedFrom, issuedTo }: Filter): boolean {
  return issuedFrom !== undefined || issuedTo !== undefined;
}

/** Reads the page behind `cursor`, the instant of issue and the id of the last CDR that was read. */
export function pageByIssue(issued: TypeormIssuedCdrs, tenant: string, filter: Filter, query: Query): Promise<ResumablePage<Cdr>> {
  return readResumablePage(query, (slice) => issued.page(tenant, filter, slice), {
    positionOf: ({ issuedAt, id }) => [issuedAt ?? EVER, id],
    start: [filter.issuedFrom ?? EVER, FIRST_ID],
  });
}
