import type { Migration } from '@voltbus/database';

/** Since when a connector has its status, and a problem is there: stations repeat both. */
export const statusSinceMigration: Migration = {
  id: '0300-status-since',
  sql: `
-- By our clock; null: not known, and no later than the last report.
ALTER TABLE device_config.connectors ADD COLUMN status_since timestamptz;
ALTER TABLE device_config.connector_problems ADD COLUMN active_since timestamptz;
`,
};
