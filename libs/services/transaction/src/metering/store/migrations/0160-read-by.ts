import type { Migration } from '@voltbus/database';

/** By which quirks a reading outside of transaction messages was read. */
export const readByMigration: Migration = {
  id: '0160-read-by',
  sql: `
-- Empty: by none. Null: it came with a message of its transaction, which says so itself, or from a version that did not keep it.
ALTER TABLE transactions.readings ADD COLUMN read_by text;
`,
};
