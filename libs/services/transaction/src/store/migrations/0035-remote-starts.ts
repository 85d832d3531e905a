import type { Migration } from '@voltbus/database';

/** What became of a remote start: the command that carried it, how that ended, and the transaction that followed. */
export const remoteStartsMigration: Migration = {
  id: '0035-remote-starts',
  sql: `
ALTER TABLE transactions.remote_starts
  ADD COLUMN id_token text,
  ADD COLUMN evse integer,
  -- null until the command is stored
  ADD COLUMN command uuid,
  -- how the command ended, in the command's words or the station's
  ADD COLUMN refusal text,
  ADD COLUMN transaction uuid;
UPDATE transactions.remote_starts SET id_token = token;
ALTER TABLE transactions.remote_starts ALTER COLUMN id_token SET NOT NULL;
CREATE UNIQUE INDEX remote_starts_by_command ON transactions.remote_starts (tenant, command);
CREATE INDEX remote_starts_by_age ON transactions.remote_starts (asked_at);
`,
};
