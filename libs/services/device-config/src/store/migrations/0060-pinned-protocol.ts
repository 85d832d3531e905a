import type { Migration } from '@voltbus/database';

/** The version agreed on with a station wherever it offers it, and the connection that showed the need: what it said before an operator took the pin back pins nothing again. */
export const pinnedProtocolMigration: Migration = {
  id: '0060-pinned-protocol',
  sql: `ALTER TABLE device_config.stations ADD COLUMN pinned_protocol text, ADD COLUMN pinned_epoch bigint NOT NULL DEFAULT 0;`,
};
