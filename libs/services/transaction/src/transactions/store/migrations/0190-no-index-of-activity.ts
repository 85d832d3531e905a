import type { Migration } from '@voltbus/database';

/**
 * Every message and reading changes `heard_at`: with an index on it, each change of a row is an entry in all of the table's indexes (ADR 125). What looks for
 * stale transactions reads the open ones, which other indexes have.
 */
export const noIndexOfActivityMigration: Migration = {
  id: '0190-no-index-of-activity',
  sql: 'DROP INDEX IF EXISTS transactions.transactions_silent;',
};
