import { among, before, isTrue, notBefore, type ListDefinition } from '@voltbus/database';
import type { ImportKind } from '@voltbus/http';
import type { ImportState, ItemOutcome } from '../import-job';

/** The members of an `ImportJob`. */
export const JOB = `id, number::text, tenant, kind, dry_run AS "dryRun", only_new AS "onlyNew", state, total, created, replaced, unchanged, failed, skipped,
  created_at AS "createdAt", started_at AS "startedAt", ended_at AS "endedAt"`;

export interface ImportFilters {
  kind?: ImportKind[] | undefined;
  state?: ImportState[] | undefined;
  dryRun?: boolean | undefined;
  /** By creation, inclusive. */
  from?: string | undefined;
  /** By creation, exclusive. */
  to?: string | undefined;
}
export type ImportSort = 'createdAt';

/** `GET /v1/imports`. */
export const IMPORT_LIST: ListDefinition<ImportFilters, ImportSort> = {
  columns: JOB,
  from: 'device_config.imports AS i',
  owner: 'tenant',
  id: [{ sql: 'i.number', type: 'bigint' }],
  sorts: { createdAt: [] }, // their numbers have the same order
  filters: {
    kind: among('kind'),
    state: among('state'),
    dryRun: isTrue('dry_run'),
    from: notBefore('created_at'),
    to: before('created_at'),
  },
};

export interface ImportResultFilters {
  outcome?: ItemOutcome[] | undefined;
  key?: string[] | undefined;
}
export type ImportResultSort = 'line';

/** `GET /v1/imports/{id}/results`: items that have an outcome. */
export const IMPORT_RESULT_LIST: ListDefinition<ImportResultFilters, ImportResultSort> = {
  columns: 'item, line, key, outcome, problem',
  from: '(SELECT * FROM device_config.import_items WHERE outcome IS NOT NULL) AS results',
  owner: 'import',
  id: [{ sql: 'item', type: 'integer' }],
  sorts: { line: [] }, // items are numbered by their lines
  filters: { outcome: among('outcome'), key: among('key') },
};
