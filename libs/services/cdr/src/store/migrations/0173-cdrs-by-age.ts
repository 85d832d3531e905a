import type { Migration } from '@voltbus/database';

/** Finds the CDRs that are old enough to go. */
export const cdrsByAgeMigration: Migration = {
  id: '0173-cdrs-by-age',
  sql: `
CREATE INDEX cdrs_by_age ON cdr.cdrs (started_at);
`,
};
