import type { Migration } from '@voltbus/database';

/** Take-overs: connections that took the place of another one of the same station. Only a station with a take-over has rows, a few at most. */
export const identityConflictsMigration: Migration = {
  id: '0050-identity-conflicts',
  sql: `
CREATE TABLE device_config.take_overs (
  tenant text NOT NULL,
  station text NOT NULL,
  address text NOT NULL,
  -- Take-overs since first_at that followed each other without a gap.
  times integer NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  -- Of the last connection that was counted.
  epoch bigint NOT NULL,
  PRIMARY KEY (tenant, station, address),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
`,
};
