import { MAX_BEHIND_MS } from '@voltbus/contracts';
import { prepared, type Statement } from '@voltbus/database';
import type { EntityManager } from 'typeorm';
import { tokenIdentity } from '../domain/authorization';

/** Changes of one token's group that are remembered at most. */
export const MAX_CHANGES = 100;

/** The earliest that is known stands for the time before it. */
const GROUP_AT: Statement = {
  name: 'token-group-at',
  merge: ['text', 'text', 'timestamptz'],
  text: `
SELECT group_id AS group FROM transactions.token_groups WHERE tenant = $1 AND token = $2
ORDER BY since <= $3 DESC, CASE WHEN since <= $3 THEN since END DESC, since LIMIT 1`,
};

const REMEMBER = `
INSERT INTO transactions.token_groups (tenant, token, since, group_id)
SELECT $1, $2, clock_timestamp(), $3::text
WHERE NOT EXISTS (SELECT 1 FROM (SELECT group_id FROM transactions.token_groups WHERE tenant = $1 AND token = $2 ORDER BY since DESC LIMIT 1) AS latest
  WHERE latest.group_id IS NOT DISTINCT FROM $3::text)
ON CONFLICT DO NOTHING`;
/** No session is believed to be older: but the group that it was in by then is still known. */
const FORGET = `
DELETE FROM transactions.token_groups g WHERE tenant = $1 AND token = $2 AND EXISTS (
  SELECT 1 FROM (SELECT since, row_number() OVER (ORDER BY since DESC) AS nth FROM transactions.token_groups WHERE tenant = $1 AND token = $2) AS later
  WHERE later.since > g.since AND (later.since <= $3 OR later.nth >= ${MAX_CHANGES}))`;

/** With the removal of all tokens of a tenant. */
export async function endGroups(manager: EntityManager, tenant: string): Promise<void> {
  await manager.query(
    `INSERT INTO transactions.token_groups (tenant, token, since, group_id) SELECT tenant, token, clock_timestamp(), NULL FROM transactions.tokens
     WHERE tenant = $1 AND group_id IS NOT NULL ON CONFLICT DO NOTHING`,
    [tenant],
  );
}

/** Groups of tokens that are gone, once no session is believed to be so old; all of one token at once. `keeping` of their table. */
export const OF_REMOVED_TOKENS = `NOT EXISTS (SELECT FROM transactions.tokens t WHERE t.tenant = token_groups.tenant AND t.token = token_groups.token)
  AND NOT EXISTS (SELECT FROM transactions.token_groups l WHERE l.tenant = token_groups.tenant AND l.token = token_groups.token
    AND l.since > now() - interval '${MAX_BEHIND_MS / 86_400_000} days')`;

/** In which group a token was; null: nothing is known of it. */
export async function groupAt(manager: EntityManager, tenant: string, idToken: string, at: Date): Promise<{ group: string | null } | null> {
  const [row] = await prepared<{ group: string | null }>(manager, GROUP_AT, [tenant, tokenIdentity(idToken), at]);
  return row ?? null;
}

/** With the change of the token. `groupId` null: it is in none, or is gone. */
export async function rememberGroup(manager: EntityManager, tenant: string, idToken: string, groupId: string | null): Promise<void> {
  const token = tokenIdentity(idToken);
  await manager.query(REMEMBER, [tenant, token, groupId]);
  await manager.query(FORGET, [tenant, token, new Date(Date.now() - MAX_BEHIND_MS)]);
}
