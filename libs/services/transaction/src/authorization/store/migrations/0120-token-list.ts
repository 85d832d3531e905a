import type { Migration } from '@voltbus/database';

/** Indexes of `GET /v1/tokens`. Under COLLATE "C" an index answers the order and the beginning of a token alike, whatever the locale of the database. */
export const tokenListMigration: Migration = {
  id: '0120-token-list',
  sql: `
CREATE INDEX tokens_by_name ON transactions.tokens (tenant, token COLLATE "C");
CREATE INDEX tokens_by_expiry ON transactions.tokens (tenant, coalesce(expires_at, 'infinity'::timestamptz), token COLLATE "C");
CREATE INDEX tokens_by_group ON transactions.tokens (tenant, upper(group_id)) WHERE group_id IS NOT NULL;
CREATE INDEX tokens_by_status ON transactions.tokens (tenant, status, token COLLATE "C") WHERE status <> 'Accepted';
`,
};
