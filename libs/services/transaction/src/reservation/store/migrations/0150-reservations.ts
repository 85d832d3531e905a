import type { Migration } from '@voltbus/database';

/** Reservations of places at stations. */
export const reservationsMigration: Migration = {
  id: '0150-reservations',
  sql: `
CREATE TABLE transactions.reservations (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  -- Identifies it at its station, and is never given there again.
  reservation_id integer NOT NULL,
  evse integer,
  connector_type text,
  id_token text NOT NULL,
  -- Without regard to case.
  token text NOT NULL,
  group_id text,
  state text NOT NULL,
  answer text,
  cancellation text,
  station_update text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  transaction uuid,
  command uuid NOT NULL,
  cancel_command uuid,
  -- When the station is to be asked again.
  due_at timestamptz,
  changes integer NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX reservations_at_station ON transactions.reservations (tenant, station, reservation_id);
CREATE INDEX reservations_of_station ON transactions.reservations (tenant, station, expires_at);
CREATE INDEX reservations_live ON transactions.reservations (expires_at) WHERE ended_at IS NULL;
CREATE INDEX reservations_due ON transactions.reservations (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX reservations_by_creation ON transactions.reservations (tenant, created_at, id);
CREATE INDEX reservations_by_age ON transactions.reservations (expires_at);
`,
};
