import type { Migration } from '@voltbus/database';

/** What stations say of payments made at them (C21, C22). */
export const settlementsMigration: Migration = {
  id: '0075-settlements',
  sql: `
CREATE TABLE transactions.settlements (
  tenant text NOT NULL,
  station text NOT NULL,
  psp_ref text NOT NULL,
  status text NOT NULL,
  settled_at timestamptz NOT NULL,
  -- as the station knows it; '': it named none
  ocpp_transaction_id text NOT NULL,
  amount numeric NOT NULL,
  -- the rest, as it was said
  said jsonb NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, psp_ref, status, settled_at)
);
CREATE INDEX settlements_by_time ON transactions.settlements (tenant, settled_at DESC);
CREATE INDEX settlements_by_transaction ON transactions.settlements (tenant, station, ocpp_transaction_id);
`,
};
