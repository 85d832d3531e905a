import type { Migration } from '@voltbus/database';

/** What bounds a station's connectors and the stations that register by themselves; what goes by age is found by an index. */
export const growthMigration: Migration = {
  id: '0170-growth',
  sql: `
ALTER TABLE device_config.stations
  -- it was registered because it came; an operator who writes it takes it on
  ADD COLUMN self_registered boolean NOT NULL DEFAULT false,
  -- what it said of connectors beyond those that are kept
  ADD COLUMN reports_not_kept bigint NOT NULL DEFAULT 0;
CREATE INDEX stations_self_registered ON device_config.stations (tenant) WHERE self_registered;
DROP INDEX device_config.messages_by_age;
CREATE INDEX messages_by_age ON device_config.messages (received_at);
CREATE INDEX refused_connections_by_age ON device_config.refused_connections (last_at);
`,
};
