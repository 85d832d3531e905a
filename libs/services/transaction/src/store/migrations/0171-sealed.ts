import type { Migration } from '@voltbus/database';

/** A session whose readings and messages are too old to be kept is sealed: its account changes no more. What goes by age is found by an index. */
export const sealedMigration: Migration = {
  id: '0171-sealed',
  sql: `
ALTER TABLE transactions.transactions ADD COLUMN sealed_at timestamptz;
CREATE INDEX transactions_unsealed ON transactions.transactions (started_at) WHERE sealed_at IS NULL;
CREATE INDEX transactions_sealed ON transactions.transactions (started_at) WHERE sealed_at IS NOT NULL;
CREATE INDEX settlements_by_age ON transactions.settlements (received_at);
CREATE INDEX presence_by_age ON transactions.presence (since) WHERE NOT connected;
CREATE INDEX readings_default_by_age ON transactions.readings_default (at);
`,
};
