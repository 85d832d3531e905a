import type { Migration } from '@voltbus/database';

/** Firmware that stations can be updated to. An update has a copy of its image. */
export const firmwareImagesMigration: Migration = {
  id: '0251-firmware-images',
  sql: `
CREATE TABLE device_config.firmware_images (
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  image text NOT NULL,
  -- The members of the resource.
  body jsonb NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, image)
);
CREATE INDEX firmware_images_by_name ON device_config.firmware_images (tenant, image COLLATE "C");
`,
};
