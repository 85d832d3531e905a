import type { Migration } from '@voltbus/database';

/** What stations of 2.x report as the variable Problem of a component (G05, N07), as long as it lasts. */
export const connectorProblemsMigration: Migration = {
  id: '0190-connector-problems',
  sql: `
CREATE TABLE device_config.connector_problems (
  tenant text NOT NULL,
  station text NOT NULL,
  -- evse 0: of the station; connector 0: of the EVSE
  evse bigint NOT NULL,
  connector bigint NOT NULL,
  component text NOT NULL,
  -- false: it is over; kept so that an older report does not bring it back
  active boolean NOT NULL,
  code text,
  info text,
  changed_at timestamptz NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (tenant, station, evse, connector, component),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
`,
};
