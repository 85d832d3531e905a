import {
  among,
  amongIgnoringCase,
  before,
  containsIgnoringCase,
  isTrue,
  notBefore,
  type Bind,
  type ListDefinition,
} from '@voltbus/database';
import type { Source } from '../domain/merge-variable';
import { VARIABLE_COLUMNS } from './variable-row';

export interface VariableFilters {
  station: string;
  id?: string[] | undefined;
  component?: string[] | undefined;
  variable?: string[] | undefined;
  key?: string[] | undefined;
  /** EVSE 0 stands for the station itself. */
  evse?: number[] | undefined;
  connector?: number[] | undefined;
  writable?: boolean | undefined;
  rebootRequired?: boolean | undefined;
  search?: string | undefined;
}
export type VariableSort = 'component' | 'variable' | 'reportedAt';

const COMPONENT = { sql: `lower(coalesce(v.component, ''))`, type: 'text' } as const;
const NO_COMPONENT = { sql: '(v.component IS NULL)', type: 'boolean' } as const;
const VARIABLE = { sql: 'lower(v.variable)', type: 'text' } as const;
const PLACE = [
  { sql: 'coalesce(v.evse, 0)', type: 'integer' },
  { sql: 'coalesce(v.connector, 0)', type: 'integer' },
] as const;

const SEARCHED = [
  ...['v.component', 'v.component_instance', 'v.variable', 'v.variable_instance', 'v.config_key'],
  `v.attributes #>> '{Actual,value}'`,
];

/** `GET /v1/stations/{station}/variables`. */
export const VARIABLE_LIST: ListDefinition<VariableFilters, VariableSort> = {
  columns: VARIABLE_COLUMNS,
  from: 'device_config.variables v',
  owner: 'v.tenant',
  station: 'v.station',
  id: [{ sql: 'v.id', type: 'uuid' }],
  sorts: {
    component: [NO_COMPONENT, COMPONENT, ...PLACE, VARIABLE],
    variable: [VARIABLE, NO_COMPONENT, COMPONENT, ...PLACE],
    reportedAt: [{ sql: 'v.reported_at', type: 'timestamptz' }],
  },
  filters: {
    station: (station, bind) => `v.station = ${bind(station)}`,
    id: among('v.id', 'uuid'),
    component: amongIgnoringCase('v.component'),
    variable: amongIgnoringCase('v.variable'),
    key: amongIgnoringCase('v.config_key'),
    evse: numbers('v.evse'),
    connector: numbers('v.connector'),
    writable: isTrue(`coalesce(v.attributes #>> '{Actual,mutability}', 'ReadWrite') <> 'ReadOnly'`),
    rebootRequired: isTrue(`v.attributes #> '{Actual,pending}' IS NOT NULL`),
    search: containsIgnoringCase(...SEARCHED),
  },
};

function numbers(column: string): (values: readonly number[], bind: Bind) => string {
  return (values, bind) => `coalesce(${column}, 0) = ANY(${bind(values)}::integer[])`;
}

export interface ChangeFilters {
  station: string;
  variable?: string[] | undefined;
  source?: Source[] | undefined;
  command?: string[] | undefined;
  /** Inclusive. */
  from?: string | undefined;
  /** Exclusive. */
  to?: string | undefined;
}
export type ChangeSort = 'at';

export interface ChangeRow {
  seq: string;
  at: Date;
  variable_id: string;
  component: string | null;
  variable: string;
  attribute: string;
  before: string | null;
  after: string | null;
  reboot_required: boolean;
  source: Source;
  command: string | null;
  actor: string | null;
}

/** `GET /v1/stations/{station}/variable-changes`. */
export const CHANGE_LIST: ListDefinition<ChangeFilters, ChangeSort> = {
  columns: 'seq, at, variable_id, component, variable, attribute, before, after, reboot_required, source, command, actor',
  from: 'device_config.variable_changes',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'seq', type: 'bigint' }],
  sorts: { at: [{ sql: 'at', type: 'timestamptz' }] },
  filters: {
    station: (station, bind) => `station = ${bind(station)}`,
    variable: among('variable_id', 'uuid'),
    source: among('source'),
    command: among('command', 'uuid'),
    from: notBefore('at'),
    to: before('at'),
  },
};
