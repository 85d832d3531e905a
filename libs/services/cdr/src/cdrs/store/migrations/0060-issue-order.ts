import type { Migration } from '@voltbus/database';

/**
 * The order of issue: no two CDRs of a tenant have the same `issued_at`, and the CDR has it too. CDRs from before get
 * instants that rise in the order of `nth`, which nothing reads any more.
 */
export const issueOrderMigration: Migration = {
  id: '0060-issue-order',
  sql: `
WITH ordered AS (
  SELECT tenant, id, coalesce(date_trunc('milliseconds', issued_at), (body ->> 'endedAt')::timestamptz) AS at,
    interval '1 millisecond' * row_number() OVER (PARTITION BY tenant ORDER BY nth NULLS FIRST, revision, kind DESC, id) AS place
  FROM cdr.cdrs
), rising AS (
  SELECT tenant, id, place + max(at - place) OVER (PARTITION BY tenant ORDER BY place) AS at FROM ordered
)
UPDATE cdr.cdrs SET issued_at = rising.at,
  body = body || jsonb_build_object('issuedAt', to_char(rising.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
FROM rising WHERE cdrs.tenant = rising.tenant AND cdrs.id = rising.id;
UPDATE cdr.reviews SET body = body || '{"issuedAt": null}' WHERE NOT body ? 'issuedAt';
ALTER TABLE cdr.cdrs ALTER COLUMN issued_at SET NOT NULL;
CREATE UNIQUE INDEX cdrs_by_issue ON cdr.cdrs (tenant, issued_at);
-- The CDRs of a transaction, in their order: of charges and credits, the unique indexes have one kind each.
CREATE INDEX cdrs_of_transaction ON cdr.cdrs (tenant, transaction, issued_at);
`,
};
