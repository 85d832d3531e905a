import type { Migration } from '@voltbus/database';

/** What operators want to be in service and out of service. */
export const wantedAvailabilityMigration: Migration = {
  id: '0272-wanted-availability',
  sql: `
CREATE TABLE device_config.wanted_availability (
  tenant text NOT NULL,
  station text NOT NULL,
  -- EVSE 0 is the station; connector 0 is the EVSE.
  evse integer NOT NULL,
  connector integer NOT NULL,
  availability text NOT NULL,
  reason text,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL,
  state text NOT NULL,
  command uuid,
  sent_at timestamptz,
  answered_at timestamptz,
  -- Since the last boot of the station, or since it was wanted.
  tries integer NOT NULL DEFAULT 0,
  next_at timestamptz,
  PRIMARY KEY (tenant, station, evse, connector),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX wanted_availability_by_command ON device_config.wanted_availability (tenant, station, command);
`,
};
