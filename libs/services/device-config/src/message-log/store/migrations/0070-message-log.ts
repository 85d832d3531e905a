import type { Migration } from '@voltbus/database';

/** Copies of the messages that stations and gateways sent each other, in one partition for each hour, which is dropped as a whole. */
export const messageLogMigration: Migration = {
  id: '0070-message-log',
  sql: `
-- The partitions of hours are made by the program, ahead of time; a copy of an hour that has none is in the default partition.
CREATE TABLE device_config.frames (
  tenant text NOT NULL,
  station text NOT NULL,
  at timestamptz NOT NULL,
  -- The gateway's own count. Together with the time it identifies the copy, so that one that is delivered twice is stored once.
  seq bigint NOT NULL,
  direction text NOT NULL,
  type text NOT NULL,
  message_id text,
  action text,
  latency_ms double precision,
  bytes integer NOT NULL,
  cut boolean NOT NULL,
  -- Text and not json, because most copies are never read and parsing them would be wasted.
  payload text,
  PRIMARY KEY (tenant, station, at, seq)
) PARTITION BY RANGE (at);
CREATE TABLE device_config.frames_default PARTITION OF device_config.frames DEFAULT;
`,
};
