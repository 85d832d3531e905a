import type { Migration } from '@voltbus/database';

/** Upgrades that campaigns start: they are found by their id, and end when their stations cannot be sent the next step soon. */
export const upgradeDeliveryMigration: Migration = {
  id: '0390-upgrade-delivery',
  sql: `
ALTER TABLE device_config.security_profile_upgrades
  -- While nothing has changed the station: when the upgrade is over unless the next step is sent; null: by its age alone.
  ADD COLUMN deliver_by timestamptz;
CREATE INDEX security_profile_upgrades_by_id ON device_config.security_profile_upgrades (id);
`,
};
