import type { Migration } from '@voltbus/database';

/** Logs that stations have uploaded, or are uploading. The files are elsewhere, under the id of their row. */
export const logFilesMigration: Migration = {
  id: '0260-log-files',
  sql: `
CREATE TABLE device_config.log_files (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  station text NOT NULL,
  -- A row outlives its request until its file is removed.
  request uuid NOT NULL,
  began_at timestamptz NOT NULL,
  -- Of one that is not whole: what is kept free for it.
  size_bytes bigint NOT NULL,
  -- Null until the file is whole.
  received_at timestamptz,
  name text,
  sha256 text
);
CREATE UNIQUE INDEX log_files_whole ON device_config.log_files (request) WHERE received_at IS NOT NULL;
CREATE INDEX log_files_of_request ON device_config.log_files (request);
CREATE INDEX log_files_of_tenant ON device_config.log_files (tenant);
CREATE INDEX log_files_by_age ON device_config.log_files (received_at);
CREATE INDEX log_files_open ON device_config.log_files (began_at) WHERE received_at IS NULL;
`,
};
