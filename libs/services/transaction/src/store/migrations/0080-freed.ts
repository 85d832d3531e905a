import type { Migration } from '@voltbus/database';

/** When the connector of an open transaction was last said to be free. */
export const freedMigration: Migration = {
  id: '0080-freed',
  sql: `
ALTER TABLE transactions.transactions ADD COLUMN freed_at timestamptz;
`,
};
