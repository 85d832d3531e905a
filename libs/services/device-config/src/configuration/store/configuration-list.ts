import { among, isTrue, type ListDefinition } from '@voltbus/database';
import type { ItemState } from '../domain/wanted';

export interface ConfigurationFilters {
  station?: string[] | undefined;
  state?: ItemState[] | undefined;
  paused?: boolean | undefined;
}
export type ConfigurationSort = 'station' | 'checkedAt';
export interface ConfigurationRow {
  station: string;
  paused: boolean;
  state: ItemState | null;
  differences: number;
  checkedAt: Date | null;
  nextAt: Date | null;
}

/** `GET /v1/station-configurations`. */
export const CONFIGURATION_LIST: ListDefinition<ConfigurationFilters, ConfigurationSort> = {
  columns: 'station, paused, state, differences, checked_at AS "checkedAt", next_at AS "nextAt"',
  from: 'device_config.station_configurations',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'station', type: 'text' }],
  sorts: { station: [], checkedAt: [{ sql: `coalesce(checked_at, 'infinity'::timestamptz)`, type: 'timestamptz' }] },
  filters: { station: among('station'), state: among('state'), paused: isTrue('paused') },
};
