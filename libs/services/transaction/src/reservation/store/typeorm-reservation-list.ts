import type { ReservationState } from '@voltbus/contracts';
import { among, before, notBefore, type ListDefinition } from '@voltbus/database';
import { tokenIdentity } from '../../authorization';
import { COLUMNS } from './reservation-row';

export interface ReservationFilters {
  station?: string[] | undefined;
  state?: ReservationState[] | undefined;
  idToken?: string[] | undefined;
  /** Inclusive. */
  from?: string | undefined;
  /** Exclusive. */
  to?: string | undefined;
}
export type ReservationSort = 'createdAt' | 'expiresAt';

/** `GET /v1/reservations`. */
export const RESERVATION_LIST: ListDefinition<ReservationFilters, ReservationSort> = {
  columns: COLUMNS,
  from: 'transactions.reservations',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: {
    createdAt: [{ sql: 'created_at', type: 'timestamptz' }],
    expiresAt: [{ sql: 'expires_at', type: 'timestamptz' }],
  },
  filters: {
    station: among('station'),
    state: among('state'),
    idToken: (idTokens, bind) => among('token')(idTokens.map(tokenIdentity), bind),
    from: notBefore('created_at'),
    to: before('created_at'),
  },
};
