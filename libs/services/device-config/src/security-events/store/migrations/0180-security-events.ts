import type { Migration } from '@voltbus/database';

/** Security events of stations: reported by them, or seen by the CSMS. */
export const securityEventsMigration: Migration = {
  id: '0180-security-events',
  sql: `
CREATE TABLE device_config.security_events (
  tenant text NOT NULL,
  -- Derived from what it tells of, so that a repetition is the same.
  id uuid NOT NULL,
  station text NOT NULL,
  source text NOT NULL,
  type text NOT NULL,
  severity text NOT NULL,
  at timestamptz NOT NULL,
  -- By the clock of the station, where it can be believed.
  station_time timestamptz,
  info text,
  address text,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX security_events_by_time ON device_config.security_events (tenant, at, id);
CREATE INDEX security_events_of_station ON device_config.security_events (tenant, station, at, id);
CREATE INDEX security_events_by_age ON device_config.security_events (at);
`,
};
