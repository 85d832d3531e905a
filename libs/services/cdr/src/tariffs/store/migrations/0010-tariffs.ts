import type { Migration } from '@voltbus/database';

/** Terms of tenants, tariffs and their assignments, with their history: no row is changed, because a session is priced by what held when it started. */
export const tariffsMigration: Migration = {
  id: '0010-tariffs',
  sql: `
CREATE TABLE cdr.terms (
  tenant text NOT NULL,
  since timestamptz NOT NULL,
  currency text NOT NULL,
  default_tariff text,
  PRIMARY KEY (tenant, since)
);

CREATE TABLE cdr.tariffs (
  tenant text NOT NULL,
  tariff text NOT NULL,
  since timestamptz NOT NULL,
  -- Null where the tariff was removed at that instant.
  body jsonb,
  PRIMARY KEY (tenant, tariff, since)
);

CREATE TABLE cdr.tariff_assignments (
  tenant text NOT NULL,
  kind text NOT NULL,
  -- The group's name in upper case: names of groups are compared without regard to case.
  group_key text NOT NULL,
  since timestamptz NOT NULL,
  group_name text NOT NULL,
  -- Null where the assignment was removed at that instant.
  tariff text,
  PRIMARY KEY (tenant, kind, group_key, since)
);

-- A copy of the groups that device-config publishes with its stations.
CREATE TABLE cdr.station_groups (
  tenant text NOT NULL,
  station text NOT NULL,
  since timestamptz NOT NULL,
  -- Null where the station is in no group from then on.
  station_group text,
  PRIMARY KEY (tenant, station, since)
);
`,
};
