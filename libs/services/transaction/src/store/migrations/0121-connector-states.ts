import type { Migration } from '@voltbus/database';

/** What 1.6 stations say of their connectors by StatusNotification: the only word of charging and idling that they have. */
export const connectorStatesMigration: Migration = {
  id: '0121-connector-states',
  sql: `
CREATE TABLE transactions.connector_states (
  tenant text NOT NULL,
  station text NOT NULL,
  evse integer NOT NULL,
  at timestamptz NOT NULL,
  status text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, evse, at)
);
CREATE INDEX connector_states_by_age ON transactions.connector_states (received_at);
`,
};
