import type { Migration } from '@voltbus/persistence';

/** A remote stop is stored before its command: no refusal comes before it any more. */
export const noEarlyRefusalsMigration: Migration = {
  id: '0085-no-early-refusals',
  sql: `
DELETE FROM transactions.remote_stops WHERE transaction IS NULL;
ALTER TABLE transactions.remote_stops
  ALTER COLUMN station SET NOT NULL,
  ALTER COLUMN transaction SET NOT NULL,
  ALTER COLUMN asked_at DROP DEFAULT;
`,
};
