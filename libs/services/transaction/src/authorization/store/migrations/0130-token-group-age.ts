import type { Migration } from '@voltbus/database';

/** Groups of tokens that are gone are removed by their age. */
export const tokenGroupAgeMigration: Migration = {
  id: '0130-token-group-age',
  sql: 'CREATE INDEX token_groups_by_age ON transactions.token_groups (since);',
};
