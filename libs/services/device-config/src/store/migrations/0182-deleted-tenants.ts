import type { Migration } from '@voltbus/database';

/** Names that are never given again: what bills and readings of their tenants are kept must not become somebody else's (ADR 45). */
export const deletedTenantsMigration: Migration = {
  id: '0182-deleted-tenants',
  sql: `
CREATE TABLE device_config.deleted_tenants (
  tenant text PRIMARY KEY,
  deleted_at timestamptz NOT NULL
);
`,
};
