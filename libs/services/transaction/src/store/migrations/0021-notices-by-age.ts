import type { Migration } from '@voltbus/database';

/** Finds the notices that are old enough to be forgotten. */
export const noticesByAgeMigration: Migration = {
  id: '0021-notices-by-age',
  sql: `
CREATE INDEX notices_by_age ON transactions.notices (received_at);
`,
};
