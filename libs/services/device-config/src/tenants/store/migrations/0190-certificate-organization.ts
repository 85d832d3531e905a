import type { Migration } from '@voltbus/database';

/** Whose client certificates prove the stations of a tenant. */
export const certificateOrganizationMigration: Migration = {
  id: '0190-certificate-organization',
  sql: `
-- O of their subject; '*' any; null: client certificates prove nothing.
ALTER TABLE device_config.tenants ADD COLUMN certificate_organization text;
`,
};
