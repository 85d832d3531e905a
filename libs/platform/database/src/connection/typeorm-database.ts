import type { PoolClient as PgPoolClient, PoolConfig } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import type { Metrics } from '@voltbus/telemetry';
import { addressOf, type DatabaseAddress } from './database-url';
import { DATABASE_WAITS, watchedClients, type DatabaseWaits, type RowLimits, type WatchedClient } from './pg-client';
import { migrate, migrationClass } from '../migrations/typeorm-migrate';
import type { MeasureStatement } from './statements';
import { poolOf } from './typeorm-pool';
import type { Migration } from '../migrations/migration';
import type { RowConditions } from '../tenancy/row-policies';
import { runForAllTenants } from '../tenancy/tenant-scope';
import { secureRows, type RowSecurityTrouble } from '../tenancy/typeorm-row-security';

/** A class that TypeORM maps to a table (`*.entity.ts`). */
export type EntityClass = abstract new () => object;

/** An opened database, as stores take it. */
export type Database = DataSource;

export type RowSecurity = 'preferred' | 'required' | 'off';

/** `required`, and the database cannot. The message is for the operator. */
export class RowSecurityUnavailable extends Error {
  override name = 'RowSecurityUnavailable';
}

export interface DatabaseOptions {
  url: string;
  /** The one schema this service owns. */
  schema: string;
  migrations: readonly Migration[];
  /** Classes of entities that have repositories. */
  entities?: readonly EntityClass[];
  /** Most connections of this data source. */
  poolSize?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  metrics?: Pick<Metrics, 'gauge' | 'histogram'>;
  /**
   * Whether work of one tenant (`runForTenant`) is limited to its rows: `preferred` where the user can be, `required` or the database is not opened, `off` not
   * at all.
   */
  rowSecurity?: RowSecurity;
  rowConditions?: RowConditions;
  /** Specs only: there are reasons for `DATABASE_WAITS`. */
  waits?: Readonly<DatabaseWaits>;
}

const DEFAULT_POOL = 8;
/** Few, because there are many statements. */
const STATEMENT_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];
/** A peer that is gone is found on an idle connection after this, and the ten seconds of Node's probes. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Connects, brings the schema up to date and hands out TypeORM's data source. SQL names its schema everywhere: no search_path, which a
 * transaction-pooling PgBouncer would lose. Rejects when the server is away or a migration fails. Every wait has an end
 * (`DATABASE_WAITS`), short of a migration's.
 */
export async function openDatabase({
  url,
  schema,
  migrations,
  entities = [],
  poolSize = DEFAULT_POOL,
  applicationName = 'voltbus',
  metrics,
  rowSecurity = 'preferred',
  rowConditions = {},
  waits = DATABASE_WAITS,
}: DatabaseOptions): Promise<DataSource> {
  const { tls, ...address } = addressOf(url);
  const rowLimits: RowLimits = { inForce: false };
  const dataSource = new DataSource({
    type: 'postgres',
    ...address,
    ssl: tls !== null, // the options come with each client
    applicationName,
    poolSize,
    connectTimeoutMS: waits.connect,
    parseInt8: false,
    entities: [...entities],
    schema,
    migrations: migrations.map((migration) => migrationClass(schema, migration)),
    synchronize: false,
    extra: poolOptions(waits, { tls, measure: metrics && measureStatements(schema, metrics), rowLimits }),
    poolErrorHandler: () => undefined, // an idle connection broke: the next query fails, where a caller can act on it
  });
  await dataSource.initialize();
  poolOf(dataSource)?.on('acquire', (client) => (client as unknown as WatchedClient).begin());
  try {
    rowLimits.inForce = await bringUpToDate(dataSource, { schema, rowSecurity, rowConditions });
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  if (metrics !== undefined) tellPool(dataSource, schema, metrics);
  return dataSource;
}

/** Returns whether work of one tenant is limited to its rows from now on. */
async function bringUpToDate(
  dataSource: DataSource,
  { schema, rowSecurity, rowConditions: conditions }: Required<Pick<DatabaseOptions, 'schema' | 'rowSecurity' | 'rowConditions'>>,
): Promise<boolean> {
  await migrate(dataSource, schema);
  const trouble = await secureRows(dataSource, { schema, conditions });
  if (trouble !== null && rowSecurity === 'required') throw new RowSecurityUnavailable(trouble);
  troubles.set(dataSource, trouble);
  return trouble === null && rowSecurity !== 'off';
}

const troubles = new WeakMap<DataSource, RowSecurityTrouble>();

/** Why work of one tenant is not limited to its rows in this database; null: it is, or is not to be. */
export function rowSecurityTrouble(dataSource: DataSource): RowSecurityTrouble {
  return troubles.get(dataSource) ?? null;
}

/** The limits are set by a statement: PgBouncer refuses parameters that it does not know at the start of a connection. */
function poolOptions(
  waits: DatabaseWaits,
  shared: { tls: DatabaseAddress['tls']; measure: MeasureStatement | undefined; rowLimits: RowLimits },
): PoolConfig & { onConnect(client: PgPoolClient): Promise<unknown> } {
  const limits = `SET statement_timeout = ${waits.statement}; SET idle_in_transaction_session_timeout = ${waits.idleInTransaction}`;
  return {
    Client: watchedClients(waits, shared),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    onConnect: (client) => runForAllTenants(() => client.query(limits)), // whichever request it is made for,
  };
}

function measureStatements(schema: string, metrics: Pick<Metrics, 'histogram'>): MeasureStatement {
  const durations = metrics.histogram(
    'db_query_duration_seconds',
    'Statements, by what they do to which table',
    ['schema', 'query'],
    STATEMENT_BUCKETS,
  );
  return (query, seconds) => durations.observe(seconds, { schema, query });
}

function tellPool(dataSource: DataSource, schema: string, metrics: Pick<Metrics, 'gauge'>): void {
  const pool = poolOf(dataSource);
  if (pool === null) return;
  const labels = { schema };
  metrics.gauge('db_pool_in_use', 'Connections to the database that are at work', ['schema'], () => [
    { value: pool.totalCount - pool.idleCount, labels },
  ]);
  metrics.gauge('db_pool_waiting', 'Work that waits for a connection to the database', ['schema'], () => [
    { value: pool.waitingCount, labels },
  ]);
}

/** Runs the work in one database transaction. */
export function inTransaction<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return dataSource.transaction(work);
}
