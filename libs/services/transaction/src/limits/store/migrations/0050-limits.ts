import type { Migration } from '@voltbus/database';

/** Limits of single transactions: of energy, time, cost or state of charge. */
export const limitsMigration: Migration = {
  id: '0050-limits',
  sql: `
CREATE TABLE transactions.limits (
  tenant text NOT NULL,
  transaction uuid NOT NULL,
  session_limit jsonb NOT NULL,
  -- The station was sent the limit and ends the transaction itself.
  told boolean NOT NULL,
  -- How often the station was sent a remote stop because of the limit, and when last.
  asks integer NOT NULL DEFAULT 0,
  asked_at timestamptz,
  PRIMARY KEY (tenant, transaction)
);
`,
};
