import type { Migration } from '@voltbus/database';

/** Stations whose security profile is being raised (OCPP A05): the latest upgrade of each. */
export const securityProfileUpgradesMigration: Migration = {
  id: '0361-security-profile-upgrades',
  sql: `
CREATE TABLE device_config.security_profile_upgrades (
  tenant text NOT NULL,
  station text NOT NULL,
  id uuid NOT NULL,
  state text NOT NULL,
  step text NOT NULL,
  target smallint NOT NULL,
  network jsonb NOT NULL,
  -- The slot of the new network profile, and the order of slots before (2.x).
  slot integer,
  slot_order text,
  -- The station was sent what changes its profile and has not refused it.
  may_have_it boolean NOT NULL DEFAULT false,
  -- The command that was sent last, and whether the bus has taken it.
  command uuid,
  published boolean NOT NULL DEFAULT false,
  tries integer NOT NULL DEFAULT 0,
  next_at timestamptz,
  until timestamptz,
  -- The connection of the station when it was sent what changes its profile.
  epoch bigint,
  actor text NOT NULL,
  reason text,
  started_at timestamptz NOT NULL,
  sent_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (tenant, station),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX security_profile_upgrades_by_command ON device_config.security_profile_upgrades (command);
CREATE INDEX security_profile_upgrades_open ON device_config.security_profile_upgrades (next_at) WHERE ended_at IS NULL;
`,
};
