import type { Migration } from '@voltbus/database';

/** Keys that were hashed anew under a later pepper. */
export const apiKeyPeppersMigration: Migration = {
  id: '0340-api-key-peppers',
  sql: `
ALTER TABLE device_config.api_keys
  -- When a hash of the key was made anew under a later pepper: the seal in its text is of an earlier one. Null: never.
  ADD COLUMN rehashed_at timestamptz;
CREATE INDEX api_keys_rehashed ON device_config.api_keys (rehashed_at DESC) WHERE rehashed_at IS NOT NULL;
`,
};
