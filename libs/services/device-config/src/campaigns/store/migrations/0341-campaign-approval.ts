import type { Migration } from '@voltbus/database';

/** Campaigns that wait for a second person. */
export const campaignApprovalMigration: Migration = {
  id: '0341-campaign-approval',
  sql: `
ALTER TABLE device_config.campaigns
  -- The approval that it needs, and who gave or refused it; null: it needed none.
  ADD COLUMN approval jsonb;
`,
};
