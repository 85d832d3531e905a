import type { Migration } from '@voltbus/database';

/** Outages that reports of uptime leave out. */
export const uptimeExclusionsMigration: Migration = {
  id: '0273-uptime-exclusions',
  sql: `
CREATE TABLE device_config.uptime_exclusions (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  -- Null: the whole station.
  evse integer,
  begins_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  reason text NOT NULL,
  note text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX uptime_exclusions_of_station ON device_config.uptime_exclusions (tenant, station, begins_at, id);
`,
};
