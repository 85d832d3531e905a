import type { Migration } from '@voltbus/database';

/** What is kept says no secrets; what must be sent or replayed as it was is kept closed beside it. */
export const sealedSecretsMigration: Migration = {
  id: '0150-sealed-secrets',
  sql: `
ALTER TABLE router.commands
  -- the payload as it must be sent, until the command has ended; null: as in payload
  ADD COLUMN sealed bytea,
  -- of the payload as it was asked for; null: as in payload
  ADD COLUMN fingerprint text;
-- the value as it must be replayed; null: as in value
ALTER TABLE router.dead_letters ADD COLUMN sealed bytea;
`,
};
