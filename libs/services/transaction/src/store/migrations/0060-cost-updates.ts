import type { Migration } from '@voltbus/database';

/** When a station was last sent what an open transaction costs, and how much that was; which stations are connected. */
export const costUpdatesMigration: Migration = {
  id: '0060-cost-updates',
  sql: `
ALTER TABLE transactions.transactions
  -- infinity: its station does not want to be sent it
  ADD COLUMN cost_sent_at timestamptz,
  ADD COLUMN cost_sent numeric;
CREATE TABLE transactions.presence (
  tenant text NOT NULL,
  station text NOT NULL,
  -- of the newest connection
  epoch bigint NOT NULL,
  protocol text NOT NULL,
  connected boolean NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (tenant, station)
);
`,
};
