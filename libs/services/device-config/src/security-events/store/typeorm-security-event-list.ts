import type { SecurityEvent, SecuritySeverity } from '@voltbus/contracts';
import { among, before, notBefore, type ListDefinition } from '@voltbus/database';

export interface SecurityEventFilters {
  station?: string[] | undefined;
  type?: string[] | undefined;
  severity?: SecuritySeverity[] | undefined;
  source?: SecurityEvent['source'][] | undefined;
  /** Inclusive. */
  from?: string | undefined;
  /** Exclusive. */
  to?: string | undefined;
}
export type SecurityEventSort = 'at';

export interface SecurityEventRow extends Omit<SecurityEvent, 'at' | 'stationTime'> {
  at: Date;
  stationTime: Date | null;
}

/** `GET /v1/security-events`. */
export const SECURITY_EVENT_LIST: ListDefinition<SecurityEventFilters, SecurityEventSort> = {
  columns: 'id, tenant, station, source, type, severity, at, station_time AS "stationTime", info, address AS "remoteAddress"',
  from: 'device_config.security_events AS events',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'events.id', type: 'uuid' }],
  sorts: { at: [{ sql: 'events.at', type: 'timestamptz' }] },
  filters: {
    station: among('station'),
    type: among('type'),
    severity: among('severity'),
    source: among('source'),
    from: notBefore('at'),
    to: before('at'),
  },
};
