import type { Cdr } from '@voltbus/contracts';
import type { ListSource } from '@voltbus/database';
import { faultyRequest, type ListPage, type ResumablePage } from '@voltbus/http';
import type { z } from 'zod';
import type { CdrFilters, CdrSort } from '../store/typeorm-cdr-list';
import { issuePosition } from '../store/typeorm-issued-cdrs';
import { cdrList } from './cdr-list';

/** Before the first CDR of an instant. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

type Query = z.output<typeof cdrList.query>;

export function isByIssue({ issuedFrom, issuedTo }: Query): boolean {
  return issuedFrom !== undefined || issuedTo !== undefined;
}

/** Reads the page behind `cursor`, the instant of issue and the id of the last CDR that was read. */
export async function pageByIssue(query: Query, issued: ListSource<Cdr, CdrFilters, CdrSort>): Promise<ListPage<Cdr> & ResumablePage<Cdr>> {
  if (query.sort !== undefined) throw notSorted();
  let last: Cdr | undefined;
  const page = await cdrList.page(query, {
    count: (filters, most) => issued.count(filters, most),
    read: async (slice) => {
      const rows = await issued.read(slice);
      last = rows.items.at(-1);
      return rows;
    },
  });
  const start = query.cursor ?? issuePosition({ issuedAt: query.issuedFrom ?? null, id: FIRST_ID });
  return { ...page, resumeCursor: JSON.stringify(last === undefined ? start : issuePosition(last)) };
}

function notSorted(): Error {
  const message = 'goes not together with issuedFrom and issuedTo: they list in the order of issue';
  return faultyRequest('bad-request', [{ in: 'query', path: '/sort', message }]);
}
