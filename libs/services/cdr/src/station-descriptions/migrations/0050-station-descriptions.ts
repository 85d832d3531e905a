import type { Migration } from '@voltbus/database';

/** A copy of what device-config publishes of stations, with its history: a CDR shows where the station stood when its session began. */
export const stationDescriptionsMigration: Migration = {
  id: '0050-station-descriptions',
  sql: `
CREATE TABLE cdr.station_descriptions (
  tenant text NOT NULL,
  station text NOT NULL,
  since timestamptz NOT NULL,
  -- Null where the station was deleted at that instant.
  description jsonb,
  PRIMARY KEY (tenant, station, since)
);
`,
};
