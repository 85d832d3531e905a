import type { Migration } from '@voltbus/database';

/** What a station is grouped by, for whoever prices its sessions; null: nothing. */
export const stationGroupMigration: Migration = {
  id: '0040-station-group',
  sql: `ALTER TABLE device_config.stations ADD COLUMN station_group text;`,
};
