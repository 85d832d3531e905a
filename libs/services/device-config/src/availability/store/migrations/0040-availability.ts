import type { Migration } from '@voltbus/database';

/** States of connectors and problems of components. Each row is fenced by the epoch of the connection that reported it. */
export const availabilityMigration: Migration = {
  id: '0040-availability',
  sql: `
CREATE TABLE device_config.connectors (
  tenant text NOT NULL,
  station text NOT NULL,
  -- EVSE 0, connector 0 is the station itself.
  evse bigint NOT NULL,
  connector bigint NOT NULL,
  status text NOT NULL,
  error_code text,
  changed_at timestamptz NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (tenant, station, evse, connector),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);

-- The variable Problem of components, as stations of 2.x report it (G05, N07).
CREATE TABLE device_config.connector_problems (
  tenant text NOT NULL,
  station text NOT NULL,
  -- EVSE 0 is the station; connector 0 is the EVSE.
  evse bigint NOT NULL,
  connector bigint NOT NULL,
  component text NOT NULL,
  -- A problem that is over stays as false, so that an older report does not bring it back.
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
