import { among, amongIgnoringCase, before, isTrue, notBefore, type ListDefinition } from '@voltbus/database';

export interface DeviceEventFilters {
  station?: string[] | undefined;
  component?: string[] | undefined;
  variable?: string[] | undefined;
  trigger?: string[] | undefined;
  /** At most this number: the lower, the more severe. */
  severity?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
}
export type DeviceEventSort = 'at';

/** `GET /v1/device-events`. */
export const DEVICE_EVENT_LIST: ListDefinition<DeviceEventFilters, DeviceEventSort> = {
  columns: 'e.body',
  from: 'device_config.device_events e',
  owner: 'e.tenant',
  station: 'e.station',
  id: [{ sql: 'e.id', type: 'uuid' }],
  sorts: { at: [{ sql: 'e.at', type: 'timestamptz' }] },
  filters: {
    station: among('e.station'),
    component: amongIgnoringCase('e.component'),
    variable: amongIgnoringCase('e.variable'),
    trigger: among('e.trigger'),
    severity: (most, bind) => `e.severity <= ${bind(most)}::integer`,
    from: notBefore('e.at'),
    to: before('e.at'),
  },
};

export interface AlertFilters {
  station?: string[] | undefined;
  open?: boolean | undefined;
  rule?: string[] | undefined;
  severity?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
}
export type AlertSort = 'raisedAt';

/** `GET /v1/alerts`. */
export const ALERT_LIST: ListDefinition<AlertFilters, AlertSort> = {
  columns: 'a.body',
  from: 'device_config.alerts a',
  owner: 'a.tenant',
  station: 'a.station',
  id: [{ sql: 'a.id', type: 'uuid' }],
  sorts: { raisedAt: [{ sql: 'a.raised_at', type: 'timestamptz' }] },
  filters: {
    station: among('a.station'),
    open: isTrue('a.cleared_at IS NULL'),
    rule: among('a.rule'),
    severity: (most, bind) => `a.severity <= ${bind(most)}::integer`,
    from: notBefore('a.raised_at'),
    to: before('a.raised_at'),
  },
};
