import type { EntityManager } from 'typeorm';
import type { ImportState } from '../import-job';

/** Ends an import that has not ended: what is still to come of it is skipped, and what was sealed is gone. */
export async function endImport(
  manager: EntityManager,
  id: string,
  state: Extract<ImportState, 'done' | 'cancelled' | 'failed'>,
): Promise<void> {
  await manager.query(
    `WITH skipped AS (
       UPDATE device_config.import_items SET outcome = 'skipped', sealed = NULL WHERE import = $1 AND outcome IS NULL RETURNING 1)
     UPDATE device_config.imports SET state = $2, ended_at = now(), holder = NULL, lease_until = NULL, skipped = (SELECT count(*) FROM skipped)
     WHERE id = $1 AND ended_at IS NULL`,
    [id, state],
  );
}
