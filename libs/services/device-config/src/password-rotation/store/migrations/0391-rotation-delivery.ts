import type { Migration } from '@voltbus/database';

/** Rotations that campaigns start: they are found by their id, and end when they cannot be sent soon. */
export const rotationDeliveryMigration: Migration = {
  id: '0391-rotation-delivery',
  sql: `
ALTER TABLE device_config.password_rotations
  -- While the station was not sent it: when the rotation is over unless it is sent; null: by its age alone.
  ADD COLUMN deliver_by timestamptz;
CREATE INDEX password_rotations_by_id ON device_config.password_rotations (id);
`,
};
