import type { Migration } from '@voltbus/database';

/** Variables of stations, the history of their values, and reports. */
export const deviceModelMigration: Migration = {
  id: '0200-device-model',
  sql: `
-- Whether a full report is to be requested, the firmware for which one was requested, and when it may be requested (again).
ALTER TABLE device_config.stations
  ADD COLUMN report_due boolean NOT NULL DEFAULT false,
  ADD COLUMN report_firmware text,
  ADD COLUMN report_tries smallint NOT NULL DEFAULT 0,
  ADD COLUMN report_next_at timestamptz;
CREATE INDEX stations_report_due ON device_config.stations (report_next_at NULLS FIRST) WHERE report_due;

CREATE TABLE device_config.variables (
  tenant text NOT NULL,
  station text NOT NULL,
  -- Derived from the names: the same variable has the same id at every station.
  id uuid NOT NULL,
  component text,
  component_instance text,
  evse integer,
  connector integer,
  variable text NOT NULL,
  variable_instance text,
  -- The key of 1.6.
  config_key text,
  -- By type; never the value of a secret.
  attributes jsonb NOT NULL,
  characteristics jsonb,
  secret boolean NOT NULL,
  reported_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);

CREATE TABLE device_config.variable_changes (
  tenant text NOT NULL,
  station text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL,
  variable_id uuid NOT NULL,
  -- As the station has it: the variable may be gone.
  component text,
  variable text NOT NULL,
  attribute text NOT NULL,
  before text,
  after text,
  -- It is used after the next boot.
  reboot_required boolean NOT NULL,
  source text NOT NULL,
  command uuid,
  actor text,
  PRIMARY KEY (tenant, station, seq),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX variable_changes_in_order ON device_config.variable_changes (tenant, station, at, seq);
CREATE INDEX variable_changes_by_age ON device_config.variable_changes (at);

CREATE TABLE device_config.device_reports (
  tenant text NOT NULL,
  station text NOT NULL,
  -- The command that requested it; otherwise derived.
  id uuid NOT NULL,
  -- Null in 1.6, where an answer is the whole report.
  request_id integer,
  kind text,
  requested_by text,
  requested_at timestamptz,
  begun_at timestamptz NOT NULL,
  outcome text,
  -- Ranges of the numbers of the parts that are there.
  received jsonb NOT NULL DEFAULT '[]',
  last_part integer,
  last_part_at timestamptz,
  generated_at timestamptz,
  variables integer NOT NULL DEFAULT 0,
  not_kept integer NOT NULL DEFAULT 0,
  completed_at timestamptz,
  PRIMARY KEY (tenant, station, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX device_reports_open ON device_config.device_reports (begun_at) WHERE completed_at IS NULL;

-- Who has set variables by a command, until its answer is known.
CREATE TABLE device_config.variable_requests (
  tenant text NOT NULL,
  command uuid NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (tenant, command)
);
CREATE INDEX variable_requests_by_age ON device_config.variable_requests (at);
`,
};
