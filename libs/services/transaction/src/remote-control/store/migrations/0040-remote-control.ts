import type { Migration } from '@voltbus/database';

/** Remote starts and remote stops, each with the command that carries it. */
export const remoteControlMigration: Migration = {
  id: '0040-remote-control',
  sql: `
CREATE TABLE transactions.remote_starts (
  tenant text NOT NULL,
  station text NOT NULL,
  remote_start_id integer NOT NULL,
  token text NOT NULL,
  id_token text NOT NULL,
  evse integer,
  session_limit jsonb,
  asked_at timestamptz NOT NULL,
  -- Null until the command is stored.
  command uuid,
  -- The status of the command, or of the station's answer, that refused the start.
  refusal text,
  -- The transaction that followed.
  transaction uuid,
  PRIMARY KEY (tenant, station, remote_start_id)
);
CREATE INDEX remote_starts_by_token ON transactions.remote_starts (tenant, station, token, asked_at);
CREATE UNIQUE INDEX remote_starts_by_command ON transactions.remote_starts (tenant, command);
CREATE INDEX remote_starts_by_age ON transactions.remote_starts (asked_at);

CREATE TABLE transactions.remote_stops (
  tenant text NOT NULL,
  command uuid NOT NULL,
  station text NOT NULL,
  transaction uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  -- The status of the command, or of the station's answer, that refused the stop.
  refusal text,
  PRIMARY KEY (tenant, command)
);
CREATE INDEX remote_stops_by_age ON transactions.remote_stops (asked_at);
`,
};
