import type { Migration } from '@voltbus/database';

/** Periodic event streams of stations, and their values. */
export const eventStreamsMigration: Migration = {
  id: '0352-event-streams',
  sql: `
CREATE TABLE device_config.event_streams (
  tenant text NOT NULL,
  station text NOT NULL,
  -- Both of the station.
  id integer NOT NULL,
  monitor integer NOT NULL,
  interval_seconds integer,
  "values" integer,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  last_at timestamptz,
  -- Values that the station still had to send, when it last told.
  pending integer,
  received bigint NOT NULL DEFAULT 0,
  not_kept bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, station, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);

CREATE TABLE device_config.event_stream_values (
  tenant text NOT NULL,
  station text NOT NULL,
  stream integer NOT NULL,
  -- Of the station.
  at timestamptz NOT NULL,
  value text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, stream, at),
  FOREIGN KEY (tenant, station, stream) REFERENCES device_config.event_streams ON DELETE CASCADE
);
CREATE INDEX event_stream_values_by_age ON device_config.event_stream_values (received_at);
`,
};
