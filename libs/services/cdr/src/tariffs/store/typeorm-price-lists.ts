import type { Tariff } from '@voltbus/contracts';
import { among, amongIgnoringCase, beginsWithIgnoringCase, type ListDefinition } from '@voltbus/database';
import type { AssignmentKind, TariffAssignment } from '@voltbus/pricing';

export interface TariffFilters {
  currency?: string[] | undefined;
  /** The beginning of the name, without regard to case. */
  search?: string | undefined;
}
export type TariffSort = 'tariff' | 'currency';

/** The tariffs as they are now: the latest version of each, unless that is a removal. */
export const LATEST_TARIFFS = `(SELECT tenant, tariff, body FROM (
  SELECT DISTINCT ON (tenant, tariff) tenant, tariff, body FROM cdr.tariffs ORDER BY tenant, tariff, since DESC
) AS latest WHERE body IS NOT NULL) AS tariffs`;

/** `GET /v1/tariffs`. */
export const TARIFF_LIST: ListDefinition<TariffFilters, TariffSort> = {
  columns: 'body',
  from: LATEST_TARIFFS,
  owner: 'tenant',
  id: [{ sql: 'tariff', type: 'text' }],
  sorts: { tariff: [], currency: [{ sql: `(body ->> 'currency')`, type: 'text' }] },
  filters: { currency: among(`body ->> 'currency'`), search: beginsWithIgnoringCase('tariff') },
};
export interface TariffRow {
  body: Tariff;
}

export interface AssignmentFilters {
  kind?: AssignmentKind[] | undefined;
  /** Without regard to case, as `search`. */
  group?: string[] | undefined;
  tariff?: string[] | undefined;
  /** The beginning of the group's name. */
  search?: string | undefined;
}
export type AssignmentSort = 'kind' | 'group' | 'tariff';
export type AssignmentRow = TariffAssignment;

/** The assignments as they are now. */
export const LATEST_ASSIGNMENTS = `(SELECT tenant, kind, group_key, group_name, tariff FROM (
  SELECT DISTINCT ON (tenant, kind, group_key) tenant, kind, group_key, group_name, tariff
  FROM cdr.tariff_assignments ORDER BY tenant, kind, group_key, since DESC
) AS latest WHERE tariff IS NOT NULL) AS assignments`;

const GROUP = { sql: 'group_key', type: 'text' } as const;

/** `GET /v1/tariff-assignments`. */
export const ASSIGNMENT_LIST: ListDefinition<AssignmentFilters, AssignmentSort> = {
  columns: 'kind, group_name AS "group", tariff',
  from: LATEST_ASSIGNMENTS,
  owner: 'tenant',
  id: [{ sql: 'kind', type: 'text' }, GROUP],
  sorts: { kind: [], group: [GROUP], tariff: [{ sql: 'tariff', type: 'text' }] },
  filters: {
    kind: among('kind'),
    group: amongIgnoringCase('group_name'),
    tariff: among('tariff'),
    search: beginsWithIgnoringCase('group_name'),
  },
};
