import type { Migration } from '@voltbus/database';

/** Indexes of `GET /v1/cdrs`: each filter has one, in the order of the pages. */
export const cdrListMigration: Migration = {
  id: '0050-cdr-list',
  sql: `
CREATE INDEX cdrs_by_token ON cdr.cdrs (tenant, upper(body ->> 'idToken'), started_at DESC, id DESC);
CREATE INDEX cdrs_by_currency ON cdr.cdrs (tenant, (body -> 'cost' ->> 'currency'), started_at DESC, id DESC);
CREATE INDEX cdrs_by_end ON cdr.cdrs (tenant, (body ->> 'endedAt') COLLATE "C", id);
CREATE INDEX cdrs_by_kind ON cdr.cdrs (tenant, kind, started_at DESC, id DESC);
CREATE INDEX cdrs_by_review ON cdr.cdrs (tenant, coalesce(body -> 'review' ->> 'state', 'none'), started_at DESC, id DESC);
CREATE INDEX cdrs_by_flag ON cdr.cdrs USING gin ((body -> 'flags') jsonb_path_ops);
`,
};
