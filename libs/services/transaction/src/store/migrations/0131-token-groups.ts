import type { Migration } from '@voltbus/database';

/** Who was in which group since when: a session that is told of late is priced as it was. */
export const tokenGroupsMigration: Migration = {
  id: '0131-token-groups',
  sql: `
CREATE TABLE transactions.token_groups (
  tenant text NOT NULL,
  token text NOT NULL,
  since timestamptz NOT NULL,
  group_id text,
  PRIMARY KEY (tenant, token, since)
);
INSERT INTO transactions.token_groups (tenant, token, since, group_id) SELECT tenant, token, now(), group_id FROM transactions.tokens;
`,
};
