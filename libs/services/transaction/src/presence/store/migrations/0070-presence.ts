import type { Migration } from '@voltbus/database';

/** Which stations are connected, by the connection events that this service has read. */
export const presenceMigration: Migration = {
  id: '0070-presence',
  sql: `
CREATE TABLE transactions.presence (
  tenant text NOT NULL,
  station text NOT NULL,
  -- Of the newest connection.
  epoch bigint NOT NULL,
  protocol text NOT NULL,
  connected boolean NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (tenant, station)
);
CREATE INDEX presence_by_age ON transactions.presence (since) WHERE NOT connected;
`,
};
