import type { Migration } from '@voltbus/database';

/** Indexes of `GET /v1/transactions`, in the order of the pages. */
export const transactionListMigration: Migration = {
  id: '0120-transaction-list',
  sql: `
CREATE INDEX transactions_active ON transactions.transactions (tenant, started_at DESC, id DESC) WHERE ended_at IS NULL;
CREATE INDEX transactions_by_end ON transactions.transactions (tenant, coalesce(ended_at, 'infinity'::timestamptz), id);
CREATE INDEX transactions_flagged ON transactions.transactions (tenant, started_at DESC, id DESC) WHERE view -> 'flags' <> '[]'::jsonb;
`,
};
