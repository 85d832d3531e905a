import type { Migration } from '@voltbus/database';

/** Messages on the displays of stations, and what stations reported of them. */
export const displayMigration: Migration = {
  id: '0290-display',
  sql: `
CREATE TABLE device_config.display_messages (
  tenant text NOT NULL,
  station text NOT NULL,
  message_id integer NOT NULL,
  state text NOT NULL,
  -- What was asked for, and what the station last reported.
  wanted jsonb,
  reported jsonb,
  reported_at timestamptz,
  answer text,
  command uuid,
  changed_at timestamptz NOT NULL,
  -- The last list of the station that has it.
  in_report integer,
  PRIMARY KEY (tenant, station, message_id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX display_messages_by_age ON device_config.display_messages (changed_at);
CREATE INDEX display_messages_of_command ON device_config.display_messages (tenant, command) WHERE command IS NOT NULL;

CREATE TABLE device_config.display_reports (
  tenant text NOT NULL,
  station text NOT NULL,
  -- The station is to be asked when it is there.
  due boolean NOT NULL,
  request_id integer,
  command uuid,
  asked_at timestamptz,
  outcome text,
  parts integer NOT NULL DEFAULT 0,
  completed_at timestamptz,
  -- Messages that were not kept, because there were too many.
  not_kept integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, station),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX display_reports_due ON device_config.display_reports (tenant, station) WHERE due;
`,
};
