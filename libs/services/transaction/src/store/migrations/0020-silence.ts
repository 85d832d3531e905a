import type { Migration } from '@voltbus/database';

/** When an open transaction was last heard of, and when its station was asked about it since. */
export const silenceMigration: Migration = {
  id: '0020-silence',
  sql: `
ALTER TABLE transactions.transactions
  ADD COLUMN heard_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN asked_at timestamptz;
CREATE INDEX transactions_silent ON transactions.transactions (heard_at) WHERE ended_at IS NULL;
`,
};
