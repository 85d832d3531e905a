import type { Migration } from '@voltbus/database';

/** Firmware updates and requests of logs, and how far each is. */
export const stationRequestsMigration: Migration = {
  id: '0250-station-requests',
  sql: `
CREATE TABLE device_config.station_requests (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant text NOT NULL,
  station text NOT NULL,
  kind text NOT NULL,
  request_id integer NOT NULL,
  subject text NOT NULL,
  body jsonb NOT NULL,
  requested_by text NOT NULL,
  state text NOT NULL DEFAULT 'waiting',
  reason text,
  -- How far the statuses say it is.
  progress smallint NOT NULL DEFAULT 0,
  statuses jsonb NOT NULL DEFAULT '[]',
  -- The command that carries it, stored before it is sent.
  command uuid,
  tries integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  -- When it is sent, or sent again.
  next_at timestamptz,
  sent_at timestamptz,
  accepted_at timestamptz,
  -- When the station first reported that it is done.
  done_at timestamptz,
  ended_at timestamptz,
  expires_at timestamptz NOT NULL,
  -- The boot of the station that was looked at last.
  boot_at timestamptz,
  UNIQUE (tenant, station, kind, request_id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX station_requests_by_time ON device_config.station_requests (tenant, kind, created_at, id);
CREATE INDEX station_requests_of_station ON device_config.station_requests (tenant, station, kind, created_at DESC);
CREATE INDEX station_requests_due ON device_config.station_requests (kind, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX station_requests_open ON device_config.station_requests (kind, expires_at) WHERE ended_at IS NULL;
CREATE INDEX station_requests_by_command ON device_config.station_requests (command) WHERE command IS NOT NULL;
CREATE INDEX station_requests_by_age ON device_config.station_requests (ended_at);
`,
};
