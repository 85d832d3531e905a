import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { numbered, tokenIdentity } from '../../authorization';

/**
 * Once, however often it is said: an entry that is out is not taken out again. One that is in no list (C01.FR.18 to 22,
 * C17) is in none to be taken out of.
 */
const ERASE = `
INSERT INTO transactions.erased_entries AS e (tenant, station, token, type, id_token, revision)
SELECT tenant, $2, token, type, id_token, $4::integer FROM transactions.tokens t
WHERE tenant = $1 AND token = $3 AND revision > 0 AND allowed_at = '[]' AND credit IS NULL
ON CONFLICT (tenant, station, token) DO UPDATE SET type = excluded.type, id_token = excluded.id_token, revision = excluded.revision, erased_at = now()
WHERE EXISTS (SELECT 1 FROM transactions.tokens t WHERE t.tenant = e.tenant AND t.token = e.token AND t.revision > e.revision)
RETURNING 1`;

/**
 * Takes a token out of the list of one station, as a change of the tenant's tokens that is nobody else's (N10.FR.02).
 * False: it is not in it.
 */
export function eraseEntry(dataSource: DataSource, { tenant, station }: StationRef, idToken: string): Promise<boolean> {
  return numbered(dataSource, tenant, async (manager, next) => {
    const erased = (await manager.query<unknown[]>(ERASE, [tenant, station, tokenIdentity(idToken), next])).length > 0;
    return { last: erased ? next : next - 1, value: erased };
  });
}

/** Forgets what counts no more: the token has changed since, or is gone. */
export async function forgetErased(dataSource: DataSource, before: Date, limit: number): Promise<void> {
  await dataSource.query(
    `DELETE FROM transactions.erased_entries WHERE (tenant, station, token) IN (
       SELECT e.tenant, e.station, e.token FROM transactions.erased_entries e
       LEFT JOIN transactions.tokens t ON t.tenant = e.tenant AND t.token = e.token
       WHERE e.erased_at < $1 AND (t.token IS NULL OR t.revision > e.revision) ORDER BY e.erased_at LIMIT $2)`,
    [before, limit],
  );
}
