import type { Migration } from '@voltbus/database';

/** Files of firmware images, or those that are being uploaded. The files are elsewhere, under the id of their row; their image names the one that it has. */
export const firmwareFilesMigration: Migration = {
  id: '0400-firmware-files',
  sql: `
CREATE TABLE device_config.firmware_files (
  id uuid PRIMARY KEY,
  -- A row outlives its tenant and its image until its file is removed.
  tenant text NOT NULL,
  image text NOT NULL,
  began_at timestamptz NOT NULL,
  -- Of one that is not whole: what is kept free for it.
  size_bytes bigint NOT NULL,
  -- Null until the file is whole.
  uploaded_at timestamptz
);
CREATE INDEX firmware_files_of_image ON device_config.firmware_files (tenant, image);
`,
};
