import type { Migration } from '@voltbus/database';

/** C16: the group whose tokens stop any transaction and start none. */
export const masterPassMigration: Migration = {
  id: '0031-master-pass',
  sql: `
ALTER TABLE device_config.tenants ADD COLUMN master_pass_group text;
`,
};
