import { among, amongIgnoringCase, beginsWithIgnoringCase, type ListDefinition } from '@voltbus/database';
import type { Scope, TenantRole } from '@voltbus/http';

export interface ApiKeyFilters {
  /** Without regard to case, as `search`. */
  name?: string[] | undefined;
  role?: TenantRole[] | undefined;
  scope?: Scope[] | undefined;
  /** Ids of keys, or `administrator`. */
  createdBy?: string[] | undefined;
  search?: string | undefined;
}
export type ApiKeySort = 'createdAt' | 'name' | 'expiresAt';

/** `GET /v1/api-keys`. */
export const API_KEY_LIST: ListDefinition<ApiKeyFilters, ApiKeySort> = {
  columns: `id, tenant, name, role, scopes, station_groups AS "stationGroups", created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt", created_by AS "createdBy",
    allowed_addresses AS "allowedAddresses", rotations, rotated_at AS "rotatedAt", previous_ends_at AS "previousEndsAt", previous_last_used_at AS "previousLastUsedAt"`,
  from: 'device_config.api_keys',
  owner: 'tenant',
  id: [{ sql: 'id', type: 'text' }],
  sorts: {
    createdAt: [{ sql: 'created_at', type: 'timestamptz' }],
    name: [{ sql: 'name', type: 'text' }],
    expiresAt: [{ sql: `coalesce(expires_at, 'infinity'::timestamptz)`, type: 'timestamptz' }],
  },
  filters: {
    name: amongIgnoringCase('name'),
    role: among('role'),
    scope: (scopes, bind) => `scopes && ${bind(scopes)}::text[]`,
    createdBy: among(`coalesce(created_by, 'administrator')`),
    search: beginsWithIgnoringCase('name'),
  },
};
