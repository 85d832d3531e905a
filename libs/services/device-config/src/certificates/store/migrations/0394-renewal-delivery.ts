import type { Migration } from '@voltbus/database';

/** Renewals that campaigns begin: they have an id, and end when their stations cannot be asked soon. */
export const renewalDeliveryMigration: Migration = {
  id: '0394-renewal-delivery',
  sql: `
ALTER TABLE device_config.certificate_renewals
  -- Null: it was begun by an earlier version.
  ADD COLUMN id uuid,
  -- While the station was not asked: when the renewal is over unless it is; null: never by that.
  ADD COLUMN deliver_by timestamptz;
CREATE INDEX certificate_renewals_by_id ON device_config.certificate_renewals (id) WHERE id IS NOT NULL;
`,
};
