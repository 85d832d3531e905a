import type { Migration } from '@voltbus/database';

/** How far sessions of a token, of a remote start, and single sessions may go. */
export const limitsMigration: Migration = {
  id: '0065-limits',
  sql: `
ALTER TABLE transactions.tokens
  ADD COLUMN session_limit jsonb,
  -- what a prepaid token has left, as its owner says; null: it is not prepaid
  ADD COLUMN credit numeric;
ALTER TABLE transactions.remote_starts ADD COLUMN session_limit jsonb;
CREATE TABLE transactions.limits (
  tenant text NOT NULL,
  transaction uuid NOT NULL,
  session_limit jsonb NOT NULL,
  -- the station was told, and ends it itself
  told boolean NOT NULL,
  -- how often the station was asked to end it, and when last
  asks integer NOT NULL DEFAULT 0,
  asked_at timestamptz,
  PRIMARY KEY (tenant, transaction)
);
`,
};
