import type { Migration } from '@voltbus/database';

/** Whether a tenant's stations are told what a session costs. */
export const showCostMigration: Migration = {
  id: '0030-show-cost',
  sql: `
ALTER TABLE device_config.tenants ADD COLUMN show_cost boolean NOT NULL DEFAULT false;
`,
};
