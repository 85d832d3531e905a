import type { ImportResult } from '@voltbus/http';
import type { DataSource } from 'typeorm';
import type { ClaimedImport, ImportState } from '../import-job';
import { endImport } from './end-import';

/** How long an import of a process that died is left alone. An item takes far less. */
const LEASE_SECONDS = 60;

/** The first import of each tenant that has not ended; of those the tenant's that was served longest ago, which nobody works on. */
const CLAIM = `
WITH claimed AS (
  UPDATE device_config.imports SET state = 'running', holder = $1, lease_until = now() + make_interval(secs => $2),
    started_at = coalesce(started_at, now()), served_at = clock_timestamp()
  WHERE id = (
    SELECT one.id FROM device_config.imports one
    WHERE one.ended_at IS NULL AND (one.lease_until IS NULL OR one.lease_until < now()) AND NOT EXISTS (
      SELECT 1 FROM device_config.imports earlier WHERE earlier.tenant = one.tenant AND earlier.ended_at IS NULL AND earlier.number < one.number)
    ORDER BY (SELECT max(served_at) FROM device_config.imports other WHERE other.tenant = one.tenant) NULLS FIRST, one.number
    LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id, tenant, kind, dry_run, only_new, author, defects)
SELECT id, tenant, kind, dry_run AS "dryRun", only_new AS "onlyNew", author, defects FROM claimed`;

/** Stores the result only while the lease is this process's own, so that an item is counted once. */
const WRITE = `
WITH held AS (
  UPDATE device_config.imports SET lease_until = now() + make_interval(secs => $3), defects = 0,
    created = created + ($5 = 'created')::int, replaced = replaced + ($5 = 'replaced')::int, unchanged = unchanged + ($5 = 'unchanged')::int,
    failed = failed + ($5 IN ('invalid', 'conflict'))::int
  WHERE id = $1 AND holder = $2 AND ended_at IS NULL RETURNING id, cancelled),
written AS (
  UPDATE device_config.import_items SET outcome = $5, problem = $6, sealed = NULL
  WHERE import = (SELECT id FROM held) AND item = $4 AND outcome IS NULL)
SELECT cancelled FROM held`;

interface Held {
  id: string;
  holder: string;
}

/** The queue of imports, shared by all processes: one import of a tenant at a time, tenants take turns. */
export class TypeormImportQueue {
  constructor(private readonly dataSource: DataSource) {}

  /** Null: there is nothing to do. */
  async claim(holder: string): Promise<ClaimedImport | null> {
    const rows: ClaimedImport[] = await this.dataSource.query(CLAIM, [holder, LEASE_SECONDS]);
    return rows[0] ?? null;
  }

  toCome(id: string, limit: number): Promise<{ item: number; sealed: Buffer }[]> {
    return this.dataSource.query(
      'SELECT item, sealed FROM device_config.import_items WHERE import = $1 AND outcome IS NULL ORDER BY item LIMIT $2',
      [id, limit],
    );
  }

  /** Whether to go on, to end the import, or to leave it, because another process works on it now. */
  async write({ id, holder }: Held, item: number, result: ImportResult): Promise<'go on' | 'cancelled' | 'lost'> {
    const problem = 'problem' in result ? JSON.stringify(result.problem) : null;
    const rows: { cancelled: boolean }[] = await this.dataSource.query(WRITE, [id, holder, LEASE_SECONDS, item, result.outcome, problem]);
    if (rows[0] === undefined) return 'lost';
    return rows[0].cancelled ? 'cancelled' : 'go on';
  }

  /** Whether it was cancelled since it was claimed; true where it is gone. */
  async isCancelled({ id, holder }: Held): Promise<boolean> {
    const rows: { cancelled: boolean }[] = await this.dataSource.query(
      'SELECT cancelled FROM device_config.imports WHERE id = $1 AND holder = $2 AND ended_at IS NULL',
      [id, holder],
    );
    return rows[0]?.cancelled ?? true;
  }

  /** Gives it back: any process may go on with it after so many seconds. */
  async release({ id, holder }: Held, { waitSeconds, defect }: { waitSeconds: number; defect: boolean }): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.imports SET holder = NULL, lease_until = now() + make_interval(secs => $3), defects = defects + $4::int
       WHERE id = $1 AND holder = $2 AND ended_at IS NULL`,
      [id, holder, waitSeconds, defect ? 1 : 0],
    );
  }

  async end({ id, holder }: Held, state: Extract<ImportState, 'done' | 'cancelled' | 'failed'>): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const rows: unknown[] = await manager.query('SELECT 1 FROM device_config.imports WHERE id = $1 AND holder = $2 FOR UPDATE', [
        id,
        holder,
      ]);
      if (rows.length > 0) await endImport(manager, id, state);
    });
  }
}
