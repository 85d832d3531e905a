import type { DataSource, EntityManager } from 'typeorm';
import { poolOf } from './typeorm-pool';
import { isTransientDatabaseError } from './transient';
import { workOf } from './typeorm-shared-work';
import type { Statement } from './statement';

/** The part of the pg client that TypeORM has no words for. */
interface Client {
  query(statement: { name: string; text: string; values: readonly unknown[] }): Promise<{ rows: unknown[] }>;
}

/**
 * Runs a named prepared statement within the manager's transaction: half the cost of an unprepared one on the hot path.
 */
export async function prepared<Row>(manager: EntityManager, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
  const work = workOf(manager);
  if (work !== undefined) return (await work.run(statement, values)) as Row[]; // as below
  if (manager.queryRunner === undefined) throw new Error('a prepared statement needs the transaction it belongs to');
  // TypeORM types its driver's client as any; on Postgres it is a pg client.
  const client = (await manager.queryRunner.connect()) as Client;
  const { name, text } = statement;
  const { rows } = await client.query({ name, text, values });
  // The rows are what the statement selects, beside which the caller names their shape.
  return rows as Row[];
}

/**
 * Runs a named prepared statement by itself, without a transaction, and without TypeORM's runner, which takes this process as long as a small statement. For
 * statements of every message: Postgres plans them once per connection.
 */
export async function preparedAlone<Row>(dataSource: DataSource, { name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
  const pool = poolOf(dataSource);
  if (pool === null) throw new Error('a prepared statement needs Postgres');
  const client = await pool.connect();
  client.on('error', rejected);
  let isLost = false;
  try {
    const { rows } = await client.query({ name, text, values: [...values] });
    return rows as Row[]; // as above
  } catch (error) {
    isLost = isTransientDatabaseError(error); // the server may be about to end it
    throw error;
  } finally {
    client.off('error', rejected);
    client.release(isLost);
  }
}

/** The connection of a client has ended: what it was asked for is rejected. Without a listener the event would end the process. */
const rejected = (): void => undefined;

/** The rows of a SELECT that is also asked for outside of a transaction, where it is not prepared. */
export function selectRows<Row>(manager: EntityManager, select: Statement, values: readonly unknown[]): Promise<Row[]> {
  return manager.queryRunner === undefined ? manager.query<Row[]>(select.text, [...values]) : prepared(manager, select, values);
}
