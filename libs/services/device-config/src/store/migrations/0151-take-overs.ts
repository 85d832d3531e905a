import type { Migration } from '@voltbus/database';

/** Connections of a station that took the place of another one of its own: a few rows of each station that has any. */
export const takeOversMigration: Migration = {
  id: '0151-take-overs',
  sql: `
CREATE TABLE device_config.take_overs (
  tenant text NOT NULL,
  station text NOT NULL,
  address text NOT NULL,
  -- of those with no gap between them
  times integer NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  -- of the latest that was counted
  epoch bigint NOT NULL,
  PRIMARY KEY (tenant, station, address),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
`,
};
