import type { Migration } from '@voltbus/database';

/** Stations whose gateway died without a word. */
export const lostConnectionsMigration: Migration = {
  id: '0301-lost-connections',
  sql: `
-- Its connection of \`presence_epoch\` was found to be held by no gateway any more; nobody told of its end.
ALTER TABLE device_config.stations ADD COLUMN connection_lost boolean NOT NULL DEFAULT false;
CREATE INDEX stations_lost ON device_config.stations (tenant, station) WHERE connection_lost;
`,
};
