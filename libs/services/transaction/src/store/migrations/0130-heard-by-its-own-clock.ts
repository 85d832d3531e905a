import type { Migration } from '@voltbus/database';

/** Words have two times: when they came, and when they were said. What they tell of a session's end goes by the second. */
export const heardByItsOwnClockMigration: Migration = {
  id: '0130-heard-by-its-own-clock',
  sql: `
ALTER TABLE transactions.transactions
  -- the latest instant that the station has told of it; null: as heard_at
  ADD COLUMN said_at timestamptz,
  -- the instant for which its connector was said to be free, by the station's clock
  ADD COLUMN freed_said_at timestamptz;
`,
};
