import type { DataSource } from 'typeorm';
import type { Migration } from './migrations';
import { allowLong } from './typeorm-patience';

/** Applies what is missing, all of it or nothing, one process at a time: an advisory lock of the transaction, so that no crash leaves it held. */
export async function migrate(dataSource: DataSource, schema: string, migrations: readonly Migration[]): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await allowLong(manager, { statementMs: Infinity }); // a large table takes as long as it takes, and so does the wait for who migrates it
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`voltbus migrations ${schema}`]);
    const [known] = await manager.query<{ there: boolean }[]>('SELECT to_regnamespace($1) IS NOT NULL AS there', [schema]);
    if (known?.there !== true) await manager.query(`CREATE SCHEMA ${schema}`);
    await manager.query(
      `CREATE TABLE IF NOT EXISTS ${schema}.migrations (id text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const applied = new Set((await manager.query<{ id: string }[]>(`SELECT id FROM ${schema}.migrations`)).map(({ id }) => id));
    for (const { id, sql } of migrations) {
      if (applied.has(id)) continue;
      await manager.query(sql).catch((error: unknown) => {
        throw new Error(`migration ${schema}.${id} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      });
      await manager.query(`INSERT INTO ${schema}.migrations (id) VALUES ($1)`, [id]);
    }
  });
}
