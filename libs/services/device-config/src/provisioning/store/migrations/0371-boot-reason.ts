import type { Migration } from '@voltbus/database';

/** When stations last restarted, and why: what they send when they are asked for a boot is no restart. */
export const bootReasonMigration: Migration = {
  id: '0371-boot-reason',
  sql: `
ALTER TABLE device_config.stations
  -- Null: none since this is stored.
  ADD COLUMN rebooted_at timestamptz,
  -- Of that boot, as OCPP 2.x names it; null: it did not say.
  ADD COLUMN boot_reason text;
`,
};
