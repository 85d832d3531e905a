import type { Migration } from '@voltbus/database';

/** Every key begins with the tenant. The tenant `default` is there from the first start; deleted, it stays deleted. */
export const stationsMigration: Migration = {
  id: '0001-stations',
  sql: `
CREATE TABLE device_config.tenants (
  tenant text PRIMARY KEY,
  name text NOT NULL,
  unknown_stations text NOT NULL,
  unknown_tokens text NOT NULL,
  min_security_profile smallint NOT NULL,
  currency text NOT NULL,
  default_tariff text,
  -- false: made by this migration and not told to anybody yet
  told boolean NOT NULL DEFAULT true
);
INSERT INTO device_config.tenants VALUES ('default', 'default', 'refuse', 'refuse', 1, 'EUR', NULL, false);

CREATE TABLE device_config.stations (
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE RESTRICT,
  station text NOT NULL,
  -- keyed hashes of the password's written forms; never the password
  key_hashes text[] NOT NULL DEFAULT '{}',
  -- null: what the tenant demands
  security_profile smallint,
  blocked boolean NOT NULL DEFAULT false,
  -- what its BootNotification is answered
  registration text NOT NULL DEFAULT 'accepted',
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
  PRIMARY KEY (tenant, station)
);

CREATE TABLE device_config.connectors (
  tenant text NOT NULL,
  station text NOT NULL,
  -- evse 0, connector 0: the station's own state
  evse bigint NOT NULL,
  connector bigint NOT NULL,
  status text NOT NULL,
  error_code text,
  changed_at timestamptz NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (tenant, station, evse, connector),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);

-- Sockets to be closed, and cached profiles to be dropped, because a station changed. Written with the change, done after it.
CREATE TABLE device_config.evictions (
  tenant text NOT NULL,
  station text NOT NULL,
  -- null: only the cached profile is out of date
  reason text,
  -- who takes it up again deletes only what it saw
  asked bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (tenant, station, asked)
);

-- What stations said that no rule acts on yet: kept as it came.
CREATE TABLE device_config.messages (
  tenant text NOT NULL,
  station text NOT NULL,
  received_at timestamptz NOT NULL,
  action text NOT NULL,
  message_id text NOT NULL,
  protocol text NOT NULL,
  payload jsonb NOT NULL,
  PRIMARY KEY (tenant, station, received_at, action, message_id)
);
CREATE INDEX messages_by_age ON device_config.messages USING brin (received_at);
`,
};
