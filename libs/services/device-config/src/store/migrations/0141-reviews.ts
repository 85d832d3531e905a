import type { Migration } from '@voltbus/database';

/** Which CDRs a tenant wants to have looked at. Null: as the service has it by default. */
export const reviewPolicyMigration: Migration = {
  id: '0141-reviews',
  sql: `ALTER TABLE device_config.tenants ADD COLUMN review_flags text[], ADD COLUMN review_above text`,
};
