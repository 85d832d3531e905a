import type { Migration } from '@voltbus/database';

/** Like tariffs: never changed, only followed. */
export const tariffAssignmentsMigration: Migration = {
  id: '0010-tariff-assignments',
  sql: `
CREATE TABLE cdr.tariff_assignments (
  tenant text NOT NULL,
  kind text NOT NULL,
  -- in upper case: groups are named without regard to it
  group_key text NOT NULL,
  since timestamptz NOT NULL,
  group_name text NOT NULL,
  -- null: taken away at that instant
  tariff text,
  PRIMARY KEY (tenant, kind, group_key, since)
);

-- A copy of what device-config says of its stations.
CREATE TABLE cdr.station_groups (
  tenant text NOT NULL,
  station text NOT NULL,
  since timestamptz NOT NULL,
  -- null: in none from then on
  station_group text,
  PRIMARY KEY (tenant, station, since)
);
`,
};
