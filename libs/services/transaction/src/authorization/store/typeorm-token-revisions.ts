import type { DataSource, EntityManager } from 'typeorm';

/** Tokens that change within this of each other are sent to stations together. */
export const QUIET_MS = 5_000;

/**
 * Changes of a tenant's tokens happen one after the other, in order of their numbers. `work` is given the next number
 * and says which it took last: one below, when it changed nothing.
 */
export async function numbered<T>(
  dataSource: DataSource,
  tenant: string,
  work: (manager: EntityManager, next: number) => Promise<{ last: number; value: T }>,
): Promise<T> {
  return dataSource.transaction(async (manager) => {
    const next = (await lockRevision(manager, tenant)) + 1;
    const { last, value } = await work(manager, next);
    if (last < next) return value;
    await manager.query(
      `UPDATE transactions.token_revisions SET revision = $2, changed_at = now(),
         stirred_at = CASE WHEN changed_at < now() - $3 * interval '1 millisecond' THEN now() ELSE stirred_at END
       WHERE tenant = $1`,
      [tenant, last, QUIET_MS],
    );
    return value;
  });
}

/** The number of the last change; begins the count where there is none. */
export async function lockRevision(manager: EntityManager, tenant: string): Promise<number> {
  const [row] = await manager.query<{ revision: number }[]>(
    `INSERT INTO transactions.token_revisions (tenant) VALUES ($1)
     ON CONFLICT (tenant) DO UPDATE SET revision = token_revisions.revision RETURNING revision`,
    [tenant],
  );
  if (row === undefined) throw new Error('an upsert returned no row');
  return row.revision;
}

/**
 * Tokens that a process wrote which does not count yet (a rolling upgrade, or one that was taken back): they get their
 * numbers now.
 */
export async function numberUnnumbered(dataSource: DataSource): Promise<void> {
  const tenants = await dataSource.query<{ tenant: string }[]>('SELECT DISTINCT tenant FROM transactions.tokens WHERE revision = 0');
  for (const { tenant } of tenants)
    await numbered(dataSource, tenant, async (manager, next) => {
      const rows = await manager.query<{ count: number }[]>(
        `WITH counted AS (
           UPDATE transactions.tokens t SET revision = $2::integer + n.place FROM (
             SELECT token, row_number() OVER (ORDER BY token)::integer - 1 AS place FROM transactions.tokens WHERE tenant = $1 AND revision = 0) AS n
           WHERE t.tenant = $1 AND t.token = n.token RETURNING 1)
         SELECT count(*)::integer AS count FROM counted`,
        [tenant, next],
      );
      return { last: next - 1 + (rows[0]?.count ?? 0), value: undefined };
    });
}
