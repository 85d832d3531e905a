import type { Migration } from '@voltbus/database';

/** Rotation of API keys with an overlap, and the addresses that a key may be used from. */
export const apiKeyRotationMigration: Migration = {
  id: '0310-api-key-rotation',
  sql: `
ALTER TABLE device_config.api_keys
  -- Ranges of addresses; null: it may be used from everywhere.
  ADD COLUMN allowed_addresses text[],
  -- How often the secret was replaced; a noted use names the secret by it.
  ADD COLUMN rotations integer NOT NULL DEFAULT 0,
  ADD COLUMN rotated_at timestamptz,
  -- The secret before, which is accepted until then.
  ADD COLUMN previous_hash bytea,
  ADD COLUMN previous_ends_at timestamptz,
  ADD COLUMN previous_last_used_at timestamptz;
`,
};
