import type { Migration } from '@voltbus/database';

/** Sessions of a station that share an OCPP transaction id. */
export const idsUsedAgainMigration: Migration = {
  id: '0023-ids-used-again',
  sql: `
CREATE INDEX transactions_by_ocpp_id ON transactions.transactions (tenant, station, (state ->> 'ocppTransactionId'), started_at DESC);
`,
};
