import { among, amongIgnoringCase, amongUpper, beginsWith, type ListDefinition } from '@voltbus/database';
import { tokenIdentity, type TokenStatus } from '../domain/authorization';

export interface TokenFilters {
  status?: TokenStatus[] | undefined;
  type?: string[] | undefined;
  groupId?: string[] | undefined;
  /** The beginning of the id token. */
  search?: string | undefined;
}
export type TokenSort = 'idToken' | 'expiresAt';

/** `GET /v1/tokens`. */
export const TOKEN_LIST: ListDefinition<TokenFilters, TokenSort> = {
  columns: `id_token AS "idToken", type, status, group_id AS "groupId", expires_at AS "expiresAt", concurrent, allowed_at AS "allowedAt",
    session_limit AS "limit", credit`,
  from: 'transactions.tokens',
  owner: 'tenant',
  id: [{ sql: 'token', type: 'text' }],
  sorts: { idToken: [], expiresAt: [{ sql: `coalesce(expires_at, 'infinity'::timestamptz)`, type: 'timestamptz' }] },
  filters: {
    status: among('status'),
    type: amongIgnoringCase('type'),
    groupId: amongUpper('group_id'),
    search: (prefix, bind) => beginsWith('token')(tokenIdentity(prefix), bind),
  },
};
