import type { Migration } from '@voltbus/database';

/** When states of connectors were received, beside the time of the station. */
export const receivedStatusesMigration: Migration = {
  id: '0271-received-statuses',
  sql: `
-- Null: it was reported before this was stored.
ALTER TABLE device_config.connectors ADD COLUMN received_at timestamptz;
`,
};
