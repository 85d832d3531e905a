import type { Migration } from '@voltbus/database';

/** Where a token may charge: at some stations, at some of their EVSEs. Empty: everywhere. */
export const tokenPlacesMigration: Migration = {
  id: '0070-token-places',
  sql: `
ALTER TABLE transactions.tokens ADD COLUMN allowed_at jsonb NOT NULL DEFAULT '[]';
`,
};
