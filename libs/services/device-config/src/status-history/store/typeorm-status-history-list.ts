import { before, among, notBefore, type ListDefinition } from '@voltbus/database';
import type { HistoryPlace, HistoryState } from '../domain/history-entry';

export interface StatusHistoryFilters {
  station: string;
  evse?: number[] | undefined;
  connector?: number[] | undefined;
  kind?: HistoryPlace['kind'][] | undefined;
  status?: string[] | undefined;
  /** Inclusive. */
  from?: string | undefined;
  /** Exclusive. */
  to?: string | undefined;
}
export type StatusHistorySort = 'at';

export interface StatusHistoryRow extends HistoryState, Omit<HistoryPlace, 'tenant'> {
  id: string;
  at: Date;
  receivedAt: Date;
  stationTime: Date | null;
  confirmedAt: Date;
  replacedAt: Date | null;
  superseded: boolean;
}

/** `GET /v1/stations/{station}/status-history`. */
export const STATUS_HISTORY_LIST: ListDefinition<StatusHistoryFilters, StatusHistorySort> = {
  columns: `h.id, h.station, h.evse, h.connector, h.kind, h.component, h.status, h.error_code AS "errorCode", h.vendor_error_code AS "vendorErrorCode",
    h.vendor_id AS "vendorId", h.info, h.at, h.received_at AS "receivedAt", h.station_time AS "stationTime", h.confirmed_at AS "confirmedAt",
    h.replaced_at AS "replacedAt", h.superseded`,
  from: 'device_config.status_history h',
  owner: 'h.tenant',
  station: 'h.station',
  id: [{ sql: 'h.id', type: 'uuid' }],
  sorts: { at: [{ sql: 'h.at', type: 'timestamptz' }] },
  filters: {
    station: (station, bind) => `h.station = ${bind(station)}`,
    evse: (evses, bind) => `h.evse = ANY(${bind(evses)}::integer[])`,
    connector: (connectors, bind) => `h.connector = ANY(${bind(connectors)}::integer[])`,
    kind: among('h.kind'),
    status: among('h.status'),
    from: notBefore('h.at'),
    to: before('h.at'),
  },
};
