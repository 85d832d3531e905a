import type { Migration } from '@voltbus/database';

/** Remote stops: the command that carries each, and how that ended. What became of the transaction is in its row. */
export const remoteStopsMigration: Migration = {
  id: '0061-remote-stops',
  sql: `
CREATE TABLE transactions.remote_stops (
  tenant text NOT NULL,
  command uuid NOT NULL,
  station text NOT NULL,
  transaction uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  -- how the command ended, in the command's words or the station's
  refusal text,
  PRIMARY KEY (tenant, command)
);
CREATE INDEX remote_stops_by_age ON transactions.remote_stops (asked_at);
`,
};
