import { CsmsError } from '@voltbus/contracts';
import { TypeormList, lockNamed, type ListSource } from '@voltbus/database';
import type { ImportAuthor } from '@voltbus/http';
import type { DataSource, EntityManager } from 'typeorm';
import type { ImportJob, ImportRequest, ItemResult } from '../import-job';
import type { ItemSealing } from '../item-sealing';
import { MAX_KEPT, MAX_WAITING } from '../limits';
import type { NewItem } from '../parsing/parse-items';
import { endImport } from './typeorm-end-import';
import {
  IMPORT_LIST,
  IMPORT_RESULT_LIST,
  JOB,
  type ImportFilters,
  type ImportResultFilters,
  type ImportResultSort,
  type ImportSort,
} from './typeorm-import-lists';

/** Items that one statement stores. */
const BATCH = 1_000;
/** When to ask again after the bound of waiting imports. */
const RETRY_SECONDS = 30;

interface NewImport extends ImportRequest {
  tenant: string;
  author: ImportAuthor;
  items: readonly NewItem[];
}

/** Bulk imports as the API shows them. */
export class TypeormImports {
  private readonly jobs: TypeormList<ImportJob, ImportFilters, ImportSort>;
  private readonly items: TypeormList<ItemResult, ImportResultFilters, ImportResultSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealing: ItemSealing,
  ) {
    this.jobs = new TypeormList(dataSource, IMPORT_LIST);
    this.items = new TypeormList(dataSource, IMPORT_RESULT_LIST);
  }

  /** Stores all items or none. Throws `too-many-requests` beyond `MAX_WAITING`. */
  create({ tenant, kind, dryRun, onlyNew, author, items }: NewImport): Promise<ImportJob> {
    return this.dataSource.transaction(async (manager) => {
      await makeRoom(manager, tenant);
      const failed = items.filter(({ problem }) => problem !== null).length;
      const rows: ImportJob[] = await manager.query(
        `INSERT INTO device_config.imports (tenant, kind, dry_run, only_new, author, total, failed) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${JOB}`,
        [tenant, kind, dryRun, onlyNew, JSON.stringify(author), items.length, failed],
      );
      const [job] = rows;
      if (job === undefined) throw new Error('an insert returned no row');
      for (let first = 0; first < items.length; first += BATCH) await this.addItems(manager, job, items.slice(first, first + BATCH), first);
      return job;
    });
  }

  async find(tenant: string, id: string): Promise<ImportJob | null> {
    const rows: ImportJob[] = await this.dataSource.query(`SELECT ${JOB} FROM device_config.imports WHERE tenant = $1 AND id = $2`, [
      tenant,
      id,
    ]);
    return rows[0] ?? null;
  }

  list(tenant: string): ListSource<ImportJob, ImportFilters, ImportSort> {
    return this.jobs.of(tenant);
  }

  results(id: string): ListSource<ItemResult, ImportResultFilters, ImportResultSort> {
    return this.items.of(id);
  }

  /** Ends it at once where no process works on it, else at its next item. One that has ended stays as it is. */
  async cancel(tenant: string, id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const rows: { held: boolean }[] = await manager.query(
        `SELECT holder IS NOT NULL AND lease_until > now() AS held FROM device_config.imports WHERE tenant = $1 AND id = $2 AND ended_at IS NULL FOR UPDATE`,
        [tenant, id],
      );
      if (rows[0]?.held === false) await endImport(manager, id, 'cancelled');
      else
        await manager.query('UPDATE device_config.imports SET cancelled = true WHERE tenant = $1 AND id = $2 AND ended_at IS NULL', [
          tenant,
          id,
        ]);
    });
  }

  private async addItems(manager: EntityManager, { tenant, id }: ImportJob, items: readonly NewItem[], first: number): Promise<void> {
    const numbers = items.map((_, index) => first + index + 1);
    await manager.query(
      `INSERT INTO device_config.import_items (import, item, line, key, sealed, outcome, problem)
       SELECT $1, item, line, key, sealed, CASE WHEN problem IS NULL THEN NULL ELSE 'invalid' END, problem::jsonb
       FROM unnest($2::int[], $3::int[], $4::text[], $5::bytea[], $6::text[]) AS new (item, line, key, sealed, problem)`,
      [
        id,
        numbers,
        items.map(({ line }) => line),
        items.map(({ key }) => key),
        items.map(({ body }, index) =>
          body === null ? null : this.sealing.close(body, { tenant, import: id, item: numbers[index] ?? 0 }),
        ),
        items.map(({ problem }) => (problem === null ? null : JSON.stringify(problem))),
      ],
    );
  }
}

/** One import of a tenant is made at a time, so that the bounds hold. */
async function makeRoom(manager: EntityManager, tenant: string): Promise<void> {
  await lockNamed(manager, `imports of ${tenant}`);
  const rows: { open: number }[] = await manager.query(
    'SELECT count(*)::int AS open FROM device_config.imports WHERE tenant = $1 AND ended_at IS NULL',
    [tenant],
  );
  if ((rows[0]?.open ?? 0) >= MAX_WAITING)
    throw new CsmsError('too-many-requests', `the tenant has ${MAX_WAITING} imports that have not ended`, {
      retryAfterSeconds: RETRY_SECONDS,
    });
  await manager.query(
    `DELETE FROM device_config.imports WHERE tenant = $1 AND ended_at IS NOT NULL AND number <= (
       SELECT number FROM device_config.imports WHERE tenant = $1 ORDER BY number DESC OFFSET $2 LIMIT 1)`,
    [tenant, MAX_KEPT - 1],
  );
}
