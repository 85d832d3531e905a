import type { Cdr, Flag, ReviewState } from '@voltbus/contracts';
import { among, type Bind, type ListDefinition } from '@voltbus/database';

export interface CdrFilters {
  station?: string[] | undefined;
  transaction?: string[] | undefined;
  /** Without regard to the case of A to Z. */
  idToken?: string[] | undefined;
  kind?: Cdr['kind'][] | undefined;
  flag?: Flag[] | undefined;
  review?: ReviewState[] | undefined;
  currency?: string[] | undefined;
  /** By start of the session, inclusive. */
  from?: string | undefined;
  /** By start of the session, exclusive. */
  to?: string | undefined;
}
export type CdrSort = 'startedAt' | 'endedAt';

const REVIEW = `coalesce(body -> 'review' ->> 'state', 'none')`;

/** `GET /v1/cdrs`. Without `review`: the issued ones. */
export const CDR_LIST: ListDefinition<CdrFilters, CdrSort> = {
  columns: 'body',
  from: ({ review }, bind) => listed(review, bind),
  tenant: 'tenant',
  id: { sql: 'id', type: 'uuid' },
  sorts: {
    startedAt: [{ sql: 'started_at', type: 'timestamptz' }],
    endedAt: [{ sql: `(body ->> 'endedAt')`, type: 'text', collate: '"C"' }], // ISO 8601 in UTC, to the millisecond
  },
  filters: {
    station: among('station'),
    transaction: among('transaction', 'uuid'),
    idToken: (tokens, bind) => `upper(body ->> 'idToken') IN (${tokens.map((token) => `upper(${bind(token)}::text)`).join(', ')})`,
    kind: among('kind'),
    flag: (flags, bind) => `(${flags.map((flag) => `body -> 'flags' @> ${bind(JSON.stringify([flag]))}::jsonb`).join(' OR ')})`,
    review: () => '',
    currency: among(`(body -> 'cost' ->> 'currency')`),
    from: (from, bind) => `started_at >= ${bind(from)}::timestamptz`,
    to: (to, bind) => `started_at < ${bind(to)}::timestamptz`,
  },
};

/** Selects by the state of the review. CDRs that were never charged are in `cdr.reviews` only; all others are charges and credits. */
function listed(states: readonly ReviewState[] | undefined, bind: Bind): string {
  if (states === undefined) return 'cdr.cdrs';
  const columns = `tenant, id, station, transaction, started_at, kind, body`;
  const ofReviews = `tenant, id, station, transaction, started_at, body ->> 'kind' AS kind, body`;
  const neverCharged = states.filter((state) => state === 'held' || state === 'superseded' || state === 'waived');
  return `(SELECT ${columns} FROM cdr.cdrs WHERE ${among(REVIEW)(states, bind)}
    UNION ALL SELECT ${ofReviews} FROM cdr.reviews WHERE ${among('state')(neverCharged, bind)}) AS cdrs`;
}
