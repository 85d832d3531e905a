import { MigrationExecutor, type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { migrationName, type Migration } from './migration';
import { refuseUnknownSchema } from './typeorm-known-schema';
import { setLockTimeout, setStatementTimeout } from '../connection/typeorm-statement-timeout';

/**
 * The longest that a migration waits for a lock, milliseconds. All that comes after it waits behind it, be it only to read: one long query would stop an
 * older program for as long as it takes. Then nothing is changed, and the caller tries again (`isTransientDatabaseError`).
 */
const MIGRATION_LOCK_MS = 2_000;

/** A migration that failed, and left everything as it was. `code`: the server's SQLSTATE, by which it is known whether another try can help. */
class FailedMigration extends Error {
  override name = 'FailedMigration';
  readonly code: unknown;
  constructor(migration: string, cause: unknown) {
    super(`migration ${migration} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  }
}

/**
 * Applies what is missing by TypeORM's runner, all of it or nothing, one process at a time: the advisory lock belongs to the transaction, so that no crash
 * leaves it held, and a PgBouncer that pools transactions does not lose it. Throws `UnknownSchema` where others than these migrations made the schema.
 */
export async function migrate(dataSource: DataSource, schema: string): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await setStatementTimeout(manager, { statementMs: Infinity }); // a large table takes as long as it takes, and so does the wait for another process's migration
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`voltbus migrations ${schema}`]);
    const [known] = await manager.query<{ there: boolean }[]>('SELECT to_regnamespace($1) IS NOT NULL AS there', [schema]);
    if (known?.there !== true) await manager.query(`CREATE SCHEMA ${schema}`);
    await refuseUnknownSchema(manager, dataSource, schema);
    await setLockTimeout(manager, MIGRATION_LOCK_MS);
    await new MigrationExecutor(dataSource, manager.queryRunner).executePendingMigrations();
  });
}

/** A migration as TypeORM's runner takes it: a class that bears the migration's name. */
export function migrationClass(schema: string, migration: Migration): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = migrationName(migration);

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(migration.sql).catch((error: unknown) => {
        throw new FailedMigration(`${schema}.${migration.id}`, error);
      });
    }

    down(): Promise<void> {
      return Promise.reject(new Error('migrations expand only: a rollback of the program needs none'));
    }
  };
}
