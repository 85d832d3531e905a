import type { Migration } from '@voltbus/database';

/** Passwords of stations that are being replaced (OCPP A01), and campaigns that replace those of many. */
export const passwordRotationMigration: Migration = {
  id: '0230-password-rotation',
  sql: `
ALTER TABLE device_config.stations
  -- The rotation whose new password is accepted beside the old one; null: none.
  ADD COLUMN rotation_id uuid,
  -- Those of key_hashes that are of the new password.
  ADD COLUMN rotation_hashes text[] NOT NULL DEFAULT '{}';

-- The latest rotation of each station.
CREATE TABLE device_config.password_rotations (
  tenant text NOT NULL,
  station text NOT NULL,
  id uuid NOT NULL,
  state text NOT NULL,
  -- Sealed for the gateway of the station (SealedSecrets); null once it is over.
  sealed text,
  -- The command that was sent last, and whether the bus has taken it.
  command uuid,
  published boolean NOT NULL DEFAULT false,
  -- An attempt was sent and not refused: the station may have the new password.
  may_have_it boolean NOT NULL DEFAULT false,
  tries integer NOT NULL DEFAULT 0,
  next_at timestamptz,
  -- The connection was closed, so that the station comes back with its new password.
  closed boolean NOT NULL DEFAULT false,
  actor text NOT NULL,
  campaign uuid,
  reason text,
  started_at timestamptz NOT NULL,
  sent_at timestamptz,
  accepted_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (tenant, station),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX password_rotations_by_command ON device_config.password_rotations (command);
CREATE INDEX password_rotations_open ON device_config.password_rotations (next_at) WHERE ended_at IS NULL;

CREATE TABLE device_config.password_campaigns (
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  id uuid NOT NULL,
  state text NOT NULL,
  station_groups text[],
  stations_per_hour integer NOT NULL,
  max_failures integer NOT NULL,
  actor text NOT NULL,
  reason text,
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX password_campaigns_running ON device_config.password_campaigns (tenant) WHERE state = 'running';

CREATE TABLE device_config.password_campaign_stations (
  tenant text NOT NULL,
  campaign uuid NOT NULL,
  station text NOT NULL,
  -- Its turn: campaigns give each station one at random, so that they never come all at once.
  start_at timestamptz NOT NULL,
  -- Null: it has not begun.
  state text,
  PRIMARY KEY (tenant, campaign, station),
  FOREIGN KEY (tenant, campaign) REFERENCES device_config.password_campaigns ON DELETE CASCADE,
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX password_campaign_stations_due ON device_config.password_campaign_stations (tenant, campaign, start_at) WHERE state IS NULL;
CREATE INDEX password_campaign_stations_of ON device_config.password_campaign_stations (tenant, station);
`,
};
