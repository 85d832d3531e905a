import type { DataSource } from 'typeorm';
import type { Keeping, RetentionDays, SchemaDeclaration, TableDeclaration } from './retention';
import type { Metrics } from '@voltbus/telemetry';
import { tryLocks } from '../connection/typeorm-locks';
import { setStatementTimeout } from '../connection/typeorm-statement-timeout';

/** Rows removed in one database transaction: its locks are held for some milliseconds. */
export const REMOVAL_BATCH = 5_000;
/** How often a service looks for what is too old; with nothing to do that is a look at one end of an index for each table. */
export const RETENTION_INTERVAL_MS = 60_000;
/** The longest that one batch may take, milliseconds: cut short, it would begin again every minute and never be done. */
export const BATCH_MS = 60_000;
const DAY_MS = 86_400_000;

/** The table of a schema that names deleted tenants. */
export const DELETED_TENANTS = 'deleted_tenants';
/** How long after the deletion of a tenant its rows are looked for: requests and events about it have ended or been handled by then. */
export const DELETED_TENANT_DAYS = 7;

type Aged = Extract<Keeping, { kind: 'aged' }>;

/** What one batch removed, and whether there may be more. */
export interface Batch {
  removed: number;
  more: boolean;
}

interface RetentionParts {
  dataSource: DataSource;
  declared: SchemaDeclaration;
  days: RetentionDays;
  metrics: Metrics;
  now?: () => Date;
  batch?: number;
}

/**
 * Removes what is too old of a schema's tables, and what came after the deletion of the tenant that owns it, in batches until nothing is left; what a crash
 * left is taken up by the next run.
 */
export class Retention {
  private readonly removed;
  private readonly oldest = new Map<string, Date>();
  private stopped = false;

  constructor(private readonly parts: RetentionParts) {
    const { metrics, declared } = parts;
    this.removed = metrics.counter('retention_removed_rows_total', 'Rows removed because they were too old', ['schema', 'table']);
    metrics.gauge(
      'retention_oldest_seconds',
      'Age of the oldest row of a table that goes by age, when last looked at',
      ['schema', 'table'],
      () =>
        [...this.oldest].map(([table, at]) => ({
          value: (this.now().getTime() - at.getTime()) / 1_000,
          labels: { schema: declared.schema, table },
        })),
    );
  }

  /** Every table that goes by age or with its owner. One that cannot be worked at does not keep the others: its error is thrown in the end. */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    const { tables } = this.parts.declared;
    const orphansSince = new Date(this.now().getTime() - DELETED_TENANT_DAYS * DAY_MS);
    const mayHaveOrphans = tables.some(({ name }) => name === DELETED_TENANTS) && (await this.hasDeletedTenants(orphansSince));
    for (const { name, keeping } of tables) {
      if (this.stopped) break;
      const work =
        keeping.kind === 'aged'
          ? this.clear(name, keeping)
          : keeping.kind === 'owned' && mayHaveOrphans
            ? this.removeOrphans(name, orphansSince)
            : undefined;
      await work?.catch((error: unknown) => void errors.push(error));
    }
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'old rows could not be removed');
  }

  /** Begins no further batch. */
  stop(): void {
    this.stopped = true;
  }

  /** Batch after batch until none is left, or another process is at it; counts what they removed of that table. */
  async untilDone(table: string, batch: () => Promise<Batch | null>): Promise<void> {
    let more = true;
    while (more && !this.stopped) {
      const done = await batch();
      if (done !== null && done.removed > 0) this.removed.add(done.removed, { schema: this.parts.declared.schema, table });
      more = done?.more ?? false;
    }
  }

  private async clear(table: string, keeping: Aged): Promise<void> {
    const { days } = this.parts;
    const kept = typeof keeping.days === 'number' ? keeping.days : days[keeping.days];
    if (kept > 0) {
      const before = new Date(this.now().getTime() - kept * DAY_MS);
      const { column, where = 'true' } = keeping;
      const oldest = (name: string) => `SELECT ctid FROM ${name} WHERE ${column} < $1 AND ${where} ORDER BY ${column} LIMIT $2`;
      await this.untilDone(table, () => this.removeBatch(table, oldest, before));
    }
    await this.lookAtOldest(table, keeping);
  }

  private async hasDeletedTenants(since: Date): Promise<boolean> {
    const { dataSource, declared } = this.parts;
    const rows = await dataSource.query<unknown[]>(`SELECT FROM ${declared.schema}.${DELETED_TENANTS} WHERE deleted_at > $1 LIMIT 1`, [
      since,
    ]);
    return rows.length > 0;
  }

  /** A tenant's name is never given again, so whatever has the name of a deleted one is left over. */
  private removeOrphans(table: string, since: Date): Promise<void> {
    // tenant by tenant, so that each is a look into the index
    const orphans = (name: string) =>
      `SELECT orphan.ctid FROM ${this.parts.declared.schema}.${DELETED_TENANTS} d, LATERAL (SELECT ctid FROM ${name} o WHERE o.tenant = d.tenant LIMIT $2) AS orphan
       WHERE d.deleted_at > $1 LIMIT $2`;
    return this.untilDone(table, () => this.removeBatch(table, orphans, since));
  }

  /** One process at a time, by a lock that ends with the batch: two that take turns do no harm, two at one batch would wait for each other. */
  private removeBatch(table: string, rowsOf: (name: string) => string, instant: Date): Promise<Batch | null> {
    const { dataSource, declared, batch: limit = REMOVAL_BATCH } = this.parts;
    const name = `${declared.schema}.${table}`;
    return dataSource.transaction(async (manager) => {
      const [isMine] = await tryLocks(manager, [`retention ${name}`]);
      if (isMine !== true) return null;
      await setStatementTimeout(manager, { statementMs: BATCH_MS });
      await manager.query(`SELECT set_config('voltbus.retention', 'on', true)`); // what the audit log's trigger lets remove its entries
      const [, count] = await manager.query<[unknown, number]>(`DELETE FROM ${name} WHERE ctid = ANY(ARRAY(${rowsOf(name)}))`, [
        instant,
        limit,
      ]);
      return { removed: count, more: count === limit };
    });
  }

  private async lookAtOldest(table: string, { column, where = 'true' }: Aged): Promise<void> {
    const { dataSource, declared } = this.parts;
    const [row] = await dataSource.query<{ at: Date | null }[]>(
      `SELECT min(${column}) AS at FROM ${declared.schema}.${table} WHERE ${where}`,
    );
    if (row?.at instanceof Date) this.oldest.set(table, row.at);
    else this.oldest.delete(table);
  }

  private now(): Date {
    return this.parts.now?.() ?? new Date();
  }
}

/** Compares the declarations with the existing tables; a partition belongs to its table. */
async function tablesOf(dataSource: DataSource, schema: string): Promise<{ name: string; columns: string[]; indexed: string[] }[]> {
  return dataSource.query(
    `SELECT c.relname AS name,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       ARRAY(SELECT DISTINCT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
             JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
             WHERE i.indrelid = c.oid AND m.amname = 'btree') AS indexed
     FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY name`,
    [schema],
  );
}

/** What is wrong between the tables that are there and what is declared of them; empty: nothing. */
export async function undeclared(dataSource: DataSource, { schema, tables }: SchemaDeclaration): Promise<string[]> {
  const known = new Map(tables.map((table) => [table.name, table]));
  const there = await tablesOf(dataSource, schema);
  const faults = there.flatMap(({ name, columns, indexed }) => {
    const table = known.get(name);
    return table === undefined ? [`${schema}.${name} is not declared`] : faultsOf(`${schema}.${name}`, table, columns, indexed);
  });
  const gone = tables.filter(({ name }) => !there.some((one) => one.name === name)).map(({ name }) => `${schema}.${name} is not there`);
  const owned = known.has(DELETED_TENANTS) ? [] : tables.filter(({ keeping }) => keeping.kind === 'owned');
  return [...faults, ...gone, ...owned.map(({ name }) => `${schema}.${name} goes with its owner, and there is no ${DELETED_TENANTS}`)];
}

function faultsOf(name: string, { tenant, station, keeping }: TableDeclaration, columns: string[], indexed: string[]): string[] {
  const missing = [tenant, station].filter((column) => column !== null && !columns.includes(column));
  const unsaid = [['tenant', tenant] as const, ['station', station] as const].filter(
    ([column, declared]) => declared === null && columns.includes(column),
  );
  const slow = keeping.kind === 'aged' && !indexed.includes(keeping.column) ? [`${name} has no index by ${keeping.column}`] : [];
  return [
    ...missing.map((column) => `${name} has no ${column}`),
    ...unsaid.map(([column]) => `${name} has a ${column} that is not declared`),
    ...slow,
  ];
}
