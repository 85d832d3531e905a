import type { Migration } from '@voltbus/database';

/** States of connectors and components, and connections of stations, as they were reported. */
export const statusHistoryMigration: Migration = {
  id: '0270-status-history',
  sql: `
CREATE TABLE device_config.status_history (
  tenant text NOT NULL,
  -- Derived from the message that brought it, so that a repetition of the message is the same.
  id uuid NOT NULL,
  station text NOT NULL,
  -- EVSE 0 is the station; connector 0 is the EVSE.
  evse integer NOT NULL,
  connector integer NOT NULL,
  kind text NOT NULL,
  -- Of a problem; empty for other kinds.
  component text NOT NULL DEFAULT '',
  status text NOT NULL,
  error_code text,
  vendor_error_code text,
  vendor_id text,
  info text,
  -- From when on it counts: never after it was received.
  at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  -- As the station wrote it, where that can be believed.
  station_time timestamptz,
  -- The last time the station repeated it.
  confirmed_at timestamptz NOT NULL,
  -- From when on another entry of the place holds; null: this one holds.
  replaced_at timestamptz,
  -- It came from an older connection after a newer one had reported: it does not count.
  superseded boolean NOT NULL DEFAULT false,
  epoch bigint NOT NULL,
  -- Entries of the same time are in the order in which they were written.
  number bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX status_history_of_place ON device_config.status_history (tenant, station, evse, connector, kind, component, at, number);
CREATE INDEX status_history_of_station ON device_config.status_history (tenant, station, at, id);
CREATE INDEX status_history_by_replacement ON device_config.status_history (replaced_at);
`,
};
