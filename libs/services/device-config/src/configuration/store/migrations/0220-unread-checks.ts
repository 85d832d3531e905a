import type { Migration } from '@voltbus/database';

/** Stations that do not answer when they are read. */
export const unreadChecksMigration: Migration = {
  id: '0220-unread-checks',
  sql: `
-- Checks in a row that were sent and had no answer.
ALTER TABLE device_config.station_configurations ADD COLUMN unread integer NOT NULL DEFAULT 0;
`,
};
