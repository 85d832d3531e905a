import type { Migration } from '@voltbus/database';

/** The security profiles that stations use, and below which they may not fall again (A05.FR.07). */
export const securityProfilesMigration: Migration = {
  id: '0191-security-profiles',
  sql: `
ALTER TABLE device_config.stations
  -- Of its latest connection; null: none since this is stored.
  ADD COLUMN used_profile smallint,
  -- The highest of 2 and 3 that it has used; null: neither, or an operator took it back.
  ADD COLUMN reached_profile smallint,
  -- Of the connection that reached it, so that an event that comes again does not undo what an operator has set since.
  ADD COLUMN reached_epoch bigint NOT NULL DEFAULT 0;
`,
};
