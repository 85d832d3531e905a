import type { Migration } from '@voltbus/database';

/** Names, places, labels and EVSE ids of stations, and the order of their list. A shorter name of a column may be ambiguous in a query of an older program. */
export const stationDescriptionMigration: Migration = {
  id: '0130-station-description',
  sql: `
ALTER TABLE device_config.stations
  ADD COLUMN station_name text,
  ADD COLUMN station_place jsonb,
  ADD COLUMN station_labels jsonb NOT NULL DEFAULT '{}';
CREATE INDEX stations_by_id ON device_config.stations (tenant, station COLLATE "C");
CREATE INDEX stations_by_name ON device_config.stations (tenant, (station_name IS NULL), coalesce(station_name, '') COLLATE "C", station COLLATE "C");
CREATE INDEX stations_by_label ON device_config.stations USING gin (station_labels);

CREATE TABLE device_config.evse_ids (
  tenant text NOT NULL,
  station text NOT NULL,
  evse integer NOT NULL,
  evse_id text NOT NULL,
  -- In upper case and without separators: two spellings of one id are one id.
  identity text NOT NULL,
  PRIMARY KEY (tenant, station, evse),
  UNIQUE (tenant, identity),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
`,
};
