import type { Migration } from '@voltbus/database';

/** Stations, and the connections that a change of a station has to close. */
export const provisioningMigration: Migration = {
  id: '0030-provisioning',
  sql: `
CREATE TABLE device_config.stations (
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE RESTRICT,
  station text NOT NULL,
  -- A station with a group has the tariff of that group.
  station_group text,
  -- Keyed hashes of the ways in which the password may be written; the password itself is not stored.
  key_hashes text[] NOT NULL DEFAULT '{}',
  -- Null means the minimum of the tenant.
  security_profile smallint,
  blocked boolean NOT NULL DEFAULT false,
  -- True for a station that nobody registered and that the tenant let in, until an operator writes it.
  self_registered boolean NOT NULL DEFAULT false,
  -- The answer to its BootNotification.
  registration text NOT NULL DEFAULT 'accepted',
  -- The version that is negotiated wherever the station offers it, and the connection that showed the need: a message of that connection
  -- or an earlier one sets no pin again after an operator has removed it.
  pinned_protocol text,
  pinned_epoch bigint NOT NULL DEFAULT 0,
  booted_at timestamptz,
  boot_epoch bigint NOT NULL DEFAULT 0,
  vendor text,
  model text,
  serial_number text,
  firmware_version text,
  online boolean NOT NULL DEFAULT false,
  protocol text,
  presence_epoch bigint NOT NULL DEFAULT 0,
  last_seen_at timestamptz,
  -- Reports of connectors beyond the number that is kept.
  reports_not_kept bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, station)
);
CREATE INDEX stations_self_registered ON device_config.stations (tenant) WHERE self_registered;

-- Connections to close, and cached profiles to drop, because a station changed. A row is written with the change and deleted when it is done.
CREATE TABLE device_config.evictions (
  tenant text NOT NULL,
  station text NOT NULL,
  -- Null where only the cached profile is out of date.
  reason text,
  -- A sweep deletes only the rows that it has read: a later one of the same station stays.
  asked bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (tenant, station, asked)
);
`,
};
