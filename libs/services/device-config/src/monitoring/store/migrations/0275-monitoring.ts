import type { Migration } from '@voltbus/database';

/** Monitors of stations. */
export const monitoringMigration: Migration = {
  id: '0275-monitoring',
  sql: `
CREATE TABLE device_config.monitoring (
  tenant text NOT NULL,
  station text NOT NULL,
  base text,
  level integer,
  -- The last report of monitors.
  report jsonb,
  PRIMARY KEY (tenant, station),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);

CREATE TABLE device_config.monitors (
  tenant text NOT NULL,
  station text NOT NULL,
  -- Of the station.
  id integer NOT NULL,
  component text NOT NULL,
  variable text NOT NULL,
  type text NOT NULL,
  severity integer NOT NULL,
  -- The monitor as the station has it.
  body jsonb NOT NULL,
  reported_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
`,
};
