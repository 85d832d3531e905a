import type { Pool } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { addressOf } from './database-url';
import { migrate } from './typeorm-migrate';
import type { Migration } from './migrations';

export interface DatabaseOptions {
  url: string;
  /** The one schema this service owns. */
  schema: string;
  migrations: readonly Migration[];
  /** Most connections of this data source. */
  poolSize?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  metrics?: Pick<DatabaseMetrics, 'gauge'>;
}

/** The part of `Metrics` of @voltbus/process that this library uses. */
export interface DatabaseMetrics {
  counter(name: string, help: string, labels: readonly string[]): { add(amount: number, labels?: Record<string, string>): void };
  gauge(name: string, help: string, labels: readonly string[], read: () => { value: number; labels: Record<string, string> }[]): void;
}

const DEFAULT_POOL = 8;
/** A connection is given up after so long; a statement is never (a migration may be long). */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects, brings the schema up to date and hands out TypeORM's data source. SQL names its schema everywhere: no search_path, which a
 * transaction-pooling PgBouncer would lose. Rejects when the server is away or a migration fails.
 */
export async function openDatabase({
  url,
  schema,
  migrations,
  poolSize = DEFAULT_POOL,
  applicationName = 'voltbus',
  metrics,
}: DatabaseOptions): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    ...addressOf(url),
    applicationName,
    poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    parseInt8: false,
    entities: [],
    synchronize: false,
    poolErrorHandler: () => undefined, // an idle connection broke: the next query says so, where someone can act on it
  });
  await dataSource.initialize();
  try {
    await migrate(dataSource, schema, migrations);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  if (metrics !== undefined) tellPool(dataSource, schema, metrics);
  return dataSource;
}

function tellPool({ driver }: DataSource, schema: string, metrics: Pick<DatabaseMetrics, 'gauge'>): void {
  if (!(driver instanceof PostgresDriver)) return;
  const pool = driver.master as Pool; // of `pg`, whose types TypeORM leaves out
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
