import type { Cdr, Flag, ReviewState } from '@voltbus/contracts';
import { among, amongUpper, before, havingAny, notBefore, type Bind, type ListDefinition } from '@voltbus/database';

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
  /** Inclusive. */
  issuedFrom?: string | undefined;
  /** Exclusive. */
  issuedTo?: string | undefined;
}
export type CdrSort = 'startedAt' | 'endedAt' | 'issuedAt';

const REVIEW = `coalesce(body -> 'review' ->> 'state', 'none')`;

/** `GET /v1/cdrs`. Without `review`: the issued ones. */
export const CDR_LIST: ListDefinition<CdrFilters, CdrSort> = {
  columns: 'body',
  from: listed,
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: {
    startedAt: [{ sql: 'started_at', type: 'timestamptz' }],
    endedAt: [{ sql: `(body ->> 'endedAt')`, type: 'text' }], // ISO 8601 in UTC, to the millisecond
    issuedAt: [{ sql: 'issued_at', type: 'timestamptz' }],
  },
  filters: {
    station: among('station'),
    transaction: among('transaction', 'uuid'),
    idToken: amongUpper(`body ->> 'idToken'`),
    kind: among('kind'),
    flag: havingAny(`body -> 'flags'`),
    review: reviewed,
    currency: among(`(body -> 'cost' ->> 'currency')`),
    from: notBefore('started_at'),
    to: before('started_at'),
    issuedFrom: (from, bind) => `issued_at >= ${bind(from)}::timestamptz AND issued_at < 'infinity'`,
    issuedTo: before('issued_at'),
  },
};

/** CDRs that were never charged are in `cdr.reviews` only; all others are charges and credits. */
function isNeverCharged(state: ReviewState): boolean {
  return state === 'held' || state === 'superseded' || state === 'waived';
}

/** Conditions stand outside of the union: there Postgres reads both tables by their indexes, in order. */
function listed({ review = [] }: CdrFilters): string {
  if (!review.some(isNeverCharged)) return 'cdr.cdrs';
  const columns = 'tenant, id, station, transaction, started_at, body';
  return `(SELECT ${columns}, kind, issued_at, ${REVIEW} AS review, true AS charged FROM cdr.cdrs
    UNION ALL SELECT ${columns}, body ->> 'kind', 'infinity'::timestamptz, state, false FROM cdr.reviews) AS cdrs`;
}

function reviewed(states: readonly ReviewState[], bind: Bind): string {
  const neverCharged = states.filter(isNeverCharged);
  if (neverCharged.length === 0) return among(REVIEW)(states, bind);
  return `${among('review')(states, bind)} AND (charged OR ${among('review')(neverCharged, bind)})`;
}
