import type { Migration } from '@voltbus/database';

/** What stations tell of their components, and the alerts that it raises. */
export const deviceEventsMigration: Migration = {
  id: '0274-device-events',
  sql: `
CREATE TABLE device_config.device_events (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  at timestamptz NOT NULL,
  component text NOT NULL,
  variable text NOT NULL,
  severity integer,
  trigger text NOT NULL,
  -- The event as it was published.
  body jsonb NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX device_events_by_time ON device_config.device_events (tenant, at, id);
CREATE INDEX device_events_of_station ON device_config.device_events (tenant, station, at, id);
CREATE INDEX device_events_by_age ON device_config.device_events (at);

CREATE TABLE device_config.alerts (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  -- Of the component, the variable and the monitor.
  key uuid NOT NULL,
  -- Name of the rule that raised it; null: a station told of it.
  rule text,
  severity integer,
  raised_at timestamptz NOT NULL,
  cleared_at timestamptz,
  -- The alert as it was published.
  body jsonb NOT NULL,
  -- The event that changed it last: its time, and its connection.
  last_at timestamptz NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE UNIQUE INDEX alerts_open ON device_config.alerts (tenant, station, key) WHERE cleared_at IS NULL;
CREATE INDEX alerts_of_key ON device_config.alerts (tenant, station, key, last_at);
CREATE INDEX alerts_of_rules ON device_config.alerts (tenant, rule) WHERE rule IS NOT NULL AND cleared_at IS NULL;
CREATE INDEX alerts_by_time ON device_config.alerts (tenant, raised_at, id);
CREATE INDEX alerts_by_age ON device_config.alerts (cleared_at);
`,
};
