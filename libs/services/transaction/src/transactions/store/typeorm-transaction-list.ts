import type { Flag } from '@voltbus/contracts';
import { among, before, havingAny, notBefore, type ListDefinition } from '@voltbus/database';
import { tokenIdentity } from '../../authorization';

export interface TransactionFilters {
  station?: string[] | undefined;
  state?: ('active' | 'ended')[] | undefined;
  idToken?: string[] | undefined;
  flag?: Flag[] | undefined;
  /** By start, inclusive. */
  from?: string | undefined;
  /** By start, exclusive. */
  to?: string | undefined;
}
export type TransactionSort = 'startedAt' | 'endedAt';

/** The condition of the index of the flagged ones. A jsonb index of all flags would be written with every message of a transaction. */
const FLAGGED = `view -> 'flags' <> '[]'::jsonb`;

/** `GET /v1/transactions`. */
export const TRANSACTION_LIST: ListDefinition<TransactionFilters, TransactionSort> = {
  columns: 'view, state',
  from: 'transactions.transactions',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: {
    startedAt: [{ sql: 'started_at', type: 'timestamptz' }],
    endedAt: [{ sql: `coalesce(ended_at, 'infinity'::timestamptz)`, type: 'timestamptz' }],
  },
  filters: {
    station: among('station'),
    state: (states) => (new Set(states).size > 1 ? '' : states.includes('active') ? 'ended_at IS NULL' : 'ended_at IS NOT NULL'),
    idToken: (tokens, bind) => among('token')(tokens.map(tokenIdentity), bind),
    flag: (flags, bind) => `${FLAGGED} AND ${havingAny(`view -> 'flags'`)(flags, bind)}`,
    from: notBefore('started_at'),
    to: before('started_at'),
  },
};
