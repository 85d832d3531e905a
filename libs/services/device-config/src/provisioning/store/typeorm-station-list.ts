import type { Protocol } from '@voltbus/contracts';
import { among, amongIgnoringCase, beginsWithIgnoringCase, isTrue, type Bind, type ListDefinition } from '@voltbus/database';
import { evseIdIdentity } from '../domain/description';
import type { Decision } from '../domain/station';

/** A label that a station has, with any value where `value` is left out. */
export interface LabelFilter {
  key: string;
  value?: string;
}

/** Filters that the stored rows answer. */
export interface StoredFilters {
  station?: string[] | undefined;
  registration?: Decision[] | undefined;
  blocked?: boolean | undefined;
  /** Without regard to case, as `vendor`, `model`, `name` and `search`. */
  group?: string[] | undefined;
  vendor?: string[] | undefined;
  model?: string[] | undefined;
  name?: string[] | undefined;
  evseId?: string[] | undefined;
  label?: LabelFilter[] | undefined;
  search?: string | undefined;
  /** Narrows only: a connector may be shown as Faulted because of a problem of its EVSE. */
  status?: string[] | undefined;
}

/** Filters that are answered by what stations are now; of these the connection registry knows whether a station is connected, and in which version. */
export interface LiveFilters {
  online?: boolean | undefined;
  protocol?: Protocol[] | undefined;
  status?: string[] | undefined;
}
export type StationFilters = StoredFilters & LiveFilters;
export type StationSort = 'station' | 'name';

/** The rows of the list of stations; the columns are those of the view. */
export const STATION_LIST: Omit<ListDefinition<StoredFilters, StationSort>, 'columns' | 'from'> = {
  owner: 's.tenant',
  station: 's.station',
  id: [{ sql: 's.station', type: 'text' }],
  sorts: {
    station: [],
    name: [
      { sql: '(s.station_name IS NULL)', type: 'boolean' },
      { sql: `coalesce(s.station_name, '')`, type: 'text' },
    ],
  },
  filters: {
    station: among('s.station'),
    registration: among('s.registration'),
    blocked: isTrue('s.blocked'),
    group: amongIgnoringCase('s.station_group'),
    vendor: amongIgnoringCase('s.vendor'),
    model: amongIgnoringCase('s.model'),
    name: amongIgnoringCase('s.station_name'),
    evseId: (ids, bind) =>
      `EXISTS (SELECT FROM device_config.evse_ids e WHERE e.tenant = s.tenant AND e.station = s.station AND ${among('e.identity')(ids.map(evseIdIdentity), bind)})`,
    label: (labels, bind) => [...byKey(labels).values()].map((alternatives) => anyLabel(alternatives, bind)).join(' AND '),
    search: beginsWithIgnoringCase('s.station', 's.station_name', 's.serial_number'),
    status: (statuses, bind) =>
      `(EXISTS (SELECT FROM device_config.connectors c WHERE c.tenant = s.tenant AND c.station = s.station AND ${among('c.status')(statuses, bind)})
        OR ${statuses.includes('Faulted')} AND EXISTS (SELECT FROM device_config.connector_problems p WHERE p.tenant = s.tenant AND p.station = s.station AND p.active))`,
  },
};

/** Each key of a label is a filter of its own: its values are alternatives, and different keys combine with AND. */
function byKey(labels: readonly LabelFilter[]): Map<string, LabelFilter[]> {
  const keys = new Set(labels.map(({ key }) => key));
  return new Map([...keys].map((key) => [key, labels.filter((label) => label.key === key)]));
}

function anyLabel(alternatives: readonly LabelFilter[], bind: Bind): string {
  const conditions = alternatives.map(({ key, value }) =>
    value === undefined ? `s.station_labels ? ${bind(key)}::text` : `s.station_labels @> ${bind(JSON.stringify({ [key]: value }))}::jsonb`,
  );
  return `(${conditions.join(' OR ')})`;
}
