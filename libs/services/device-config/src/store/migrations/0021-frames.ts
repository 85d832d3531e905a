import type { Migration } from '@voltbus/database';

/**
 * What stations and we said, as gateways copied it. In partitions of an hour, so that what is too old goes at once and leaves no holes; the default
 * partition takes what no hour was made for. The payload is text as it came: most of it is never read again, so nothing is spent on understanding it.
 */
export const framesMigration: Migration = {
  id: '0021-frames',
  sql: `
ALTER TABLE device_config.tenants ADD COLUMN keep_messages_hours smallint NOT NULL DEFAULT 24;

CREATE TABLE device_config.frames (
  tenant text NOT NULL,
  station text NOT NULL,
  at timestamptz NOT NULL,
  -- the gateway's own count: with the time it names the copy, so that what the bus tells twice is kept once
  seq bigint NOT NULL,
  direction text NOT NULL,
  type text NOT NULL,
  message_id text,
  action text,
  latency_ms double precision,
  bytes integer NOT NULL,
  cut boolean NOT NULL,
  payload text,
  PRIMARY KEY (tenant, station, at, seq)
) PARTITION BY RANGE (at);
CREATE TABLE device_config.frames_default PARTITION OF device_config.frames DEFAULT;
`,
};
