import type { Migration } from '@voltbus/database';

/** A key made by a key ends with it. */
export const apiKeyMakersMigration: Migration = {
  id: '0181-api-key-makers',
  sql: `
-- null: the administrator
ALTER TABLE device_config.api_keys ADD COLUMN created_by text REFERENCES device_config.api_keys ON DELETE CASCADE;
CREATE INDEX api_keys_by_maker ON device_config.api_keys (created_by);
`,
};
