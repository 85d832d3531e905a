import type { Migration } from '@voltbus/database';

/** Capabilities that stations report when they are queried. A station has a row once another block needs its capabilities. */
export const capabilitiesMigration: Migration = {
  id: '0080-capabilities',
  sql: `
CREATE TABLE transactions.capabilities (
  tenant text NOT NULL,
  station text NOT NULL,
  -- The newest connection that is known, and its protocol; null until one is known.
  epoch bigint NOT NULL,
  protocol text,
  connected boolean NOT NULL,
  -- The limits of sessions are wanted, too, besides what its local list needs.
  limits boolean NOT NULL DEFAULT false,
  -- The station is still to be queried.
  asks boolean NOT NULL DEFAULT true,
  -- Counts the queries, so that each has message ids of its own.
  serial integer NOT NULL DEFAULT 1,
  asked_at timestamptz,
  -- Actions whose answers are still to come.
  awaits text[] NOT NULL DEFAULT '{}',
  -- The capabilities that are known.
  said jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant, station)
);
CREATE INDEX capabilities_unasked ON transactions.capabilities (asked_at) WHERE asks AND connected;
`,
};
