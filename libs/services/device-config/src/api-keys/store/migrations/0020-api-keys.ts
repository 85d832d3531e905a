import type { Migration } from '@voltbus/database';

/** API keys, which are deleted with their tenant. Only a keyed hash of a key is stored, so that nobody can use a key that this table shows. */
export const apiKeysMigration: Migration = {
  id: '0020-api-keys',
  sql: `
CREATE TABLE device_config.api_keys (
  -- The part of the key that identifies it; it is not secret.
  id text PRIMARY KEY,
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  name text NOT NULL,
  scopes text[] NOT NULL,
  hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  -- The key that made this one, which ends with it; null for the administrator.
  created_by text REFERENCES device_config.api_keys ON DELETE CASCADE,
  expires_at timestamptz,
  -- Written about once a minute, not with each request.
  last_used_at timestamptz
);
CREATE INDEX api_keys_of_tenant ON device_config.api_keys (tenant, created_at DESC, id DESC);
CREATE INDEX api_keys_by_maker ON device_config.api_keys (created_by);
`,
};
