import type { Migration } from '@voltbus/database';

/** The configuration that stations shall have, and how far they have it. */
export const configurationMigration: Migration = {
  id: '0210-configuration',
  sql: `
CREATE TABLE device_config.configuration_profiles (
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  profile text NOT NULL,
  -- The members of the resource.
  body jsonb NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, profile)
);
CREATE INDEX configuration_profiles_by_name ON device_config.configuration_profiles (tenant, profile COLLATE "C");

CREATE TABLE device_config.station_configurations (
  tenant text NOT NULL,
  station text NOT NULL,
  -- The station's own values, and whether nothing is set.
  own_values jsonb NOT NULL DEFAULT '[]',
  paused boolean NOT NULL DEFAULT false,
  -- The worst state of a value at the last check, and how many are not as they shall be; null before the first.
  state text,
  differences integer NOT NULL DEFAULT 0,
  checked_at timestamptz,
  next_at timestamptz,
  -- The check that is under way: what it does, and the commands without an end.
  phase text,
  phase_at timestamptz,
  commands uuid[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant, station),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX station_configurations_by_name ON device_config.station_configurations (tenant, station COLLATE "C");
CREATE INDEX station_configurations_open ON device_config.station_configurations (phase_at) WHERE phase IS NOT NULL;

CREATE TABLE device_config.configuration_attempts (
  tenant text NOT NULL,
  station text NOT NULL,
  -- Id of the variable, and the attribute.
  item text NOT NULL,
  value text NOT NULL,
  result text NOT NULL,
  firmware text NOT NULL,
  tries integer NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, item),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);

-- When the profiles of a tenant last changed, also by one that was deleted.
CREATE TABLE device_config.configuration_revisions (
  tenant text PRIMARY KEY REFERENCES device_config.tenants ON DELETE CASCADE,
  changed_at timestamptz NOT NULL
);
`,
};
