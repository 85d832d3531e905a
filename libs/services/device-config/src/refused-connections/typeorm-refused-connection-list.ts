import { among, before, notBefore, type ListDefinition } from '@voltbus/database';

export interface RefusedConnectionFilters {
  /** Whose refusals are seen. `strangers`: also those that name no existing tenant, which are the administrator's to see. */
  seenBy: { tenant: string; strangers: boolean };
  station?: string[] | undefined;
  reason?: string[] | undefined;
  remoteAddress?: string[] | undefined;
  /** By the last time, inclusive. */
  from?: string | undefined;
  /** By the last time, exclusive. */
  to?: string | undefined;
}
export type RefusedConnectionSort = 'at' | 'times';

/** Refusals for one reason, of one address, in one name: how often, and when first and last. Tenant and station are empty where the URL named none. */
export interface RefusalRow {
  tenant: string;
  station: string;
  address: string;
  reason: string;
  times: string;
  first_at: Date;
  last_at: Date;
}

/** `GET /v1/refused-connections`. */
export const REFUSED_CONNECTION_LIST: ListDefinition<RefusedConnectionFilters, RefusedConnectionSort> = {
  columns: 'tenant, station, address, reason, times, first_at, last_at',
  from: 'device_config.refused_connections AS r',
  owner: null,
  station: 'station',
  id: [
    { sql: 'tenant', type: 'text' },
    { sql: 'station', type: 'text' },
    { sql: 'address', type: 'text' },
    { sql: 'reason', type: 'text' },
  ],
  sorts: { at: [{ sql: 'last_at', type: 'timestamptz' }], times: [{ sql: 'times', type: 'bigint' }] },
  filters: {
    seenBy: ({ tenant, strangers }, bind) =>
      `(tenant = ${bind(tenant)}${strangers ? ' OR NOT EXISTS (SELECT FROM device_config.tenants t WHERE t.tenant = r.tenant)' : ''})`,
    station: among('station'),
    reason: among('reason'),
    remoteAddress: among('address'),
    from: notBefore('last_at'),
    to: before('last_at'),
  },
};
