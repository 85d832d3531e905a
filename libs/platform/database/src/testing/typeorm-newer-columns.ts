import type { DataSource, QueryRunner } from 'typeorm';
import type { Statement } from '../connection/statement';
import { prepared } from '../connection/typeorm-prepared';
import type { recordAsked } from './typeorm-merged-statements';

/** Names of the prepared statements of those that were asked for which fail once a newer program has added columns to the tables. Nothing stays changed. */
export async function brokenByNewColumns(asked: ReturnType<typeof recordAsked>, dataSource: DataSource): Promise<string[]> {
  const statements = new Map(asked.mock.calls.map(([statement, values]) => [statement.name, { statement, values }]));
  const runner = dataSource.createQueryRunner();
  const broken: string[] = [];
  try {
    await runner.startTransaction();
    for (const { statement, values } of statements.values()) await attempted(runner, statement, values);
    await runner.query(`DO $$ DECLARE named text; BEGIN
      FOR named IN SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
        AND relnamespace::regnamespace::text !~ '^(pg_|information_schema|public)'
      LOOP EXECUTE format('ALTER TABLE %s ADD COLUMN of_a_newer_program text NOT NULL DEFAULT ''x''', named); END LOOP;
    END $$`);
    for (const { statement, values } of statements.values()) if (!(await attempted(runner, statement, values))) broken.push(statement.name);
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
  return broken;
}

/** False where it fails because of what it returns; that a row is there already is nothing new. */
async function attempted(runner: QueryRunner, statement: Statement, values: readonly unknown[]): Promise<boolean> {
  await runner.query('SAVEPOINT before');
  try {
    await prepared(runner.manager, statement, values);
    return true;
  } catch (error) {
    await runner.query('ROLLBACK TO before');
    return (error as { code?: unknown }).code === '23505';
  }
}
