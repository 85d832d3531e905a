import type { Migration } from '@voltbus/database';

/** One tag at two stations at once, and the tokens that only stop. */
export const tokensInUseMigration: Migration = {
  id: '0010-tokens-in-use',
  sql: `
ALTER TABLE transactions.tenants ADD COLUMN master_pass_group text;
CREATE INDEX transactions_open_by_token ON transactions.transactions (tenant, token) WHERE ended_at IS NULL;
`,
};
