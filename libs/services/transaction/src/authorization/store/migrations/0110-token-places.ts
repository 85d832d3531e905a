import type { Migration } from '@voltbus/database';

/** Finds the tokens that may charge at a station by its name, which must not be removed while they do. */
export const tokenPlacesMigration: Migration = {
  id: '0110-token-places',
  sql: `CREATE INDEX tokens_by_place ON transactions.tokens USING gin (allowed_at jsonb_path_ops) WHERE allowed_at <> '[]';`,
};
