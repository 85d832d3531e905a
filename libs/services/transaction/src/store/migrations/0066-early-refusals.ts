import type { Migration } from '@voltbus/persistence';

/** A station may refuse a remote stop before the wish itself is stored: its refusal is kept until then, and no longer than other stops. */
export const earlyRefusalsMigration: Migration = {
  id: '0066-early-refusals',
  sql: `
ALTER TABLE transactions.remote_stops
  ALTER COLUMN station DROP NOT NULL,
  ALTER COLUMN transaction DROP NOT NULL,
  ALTER COLUMN asked_at SET DEFAULT now();
`,
};
