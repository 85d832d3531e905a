import type { Migration } from '@voltbus/database';

/** A tenant's keys go with it. Of a key only a keyed hash is here: whoever reads this table can use none of them. */
export const apiKeysMigration: Migration = {
  id: '0050-api-keys',
  sql: `
CREATE TABLE device_config.api_keys (
  -- the part of the key that finds it; not secret
  id text PRIMARY KEY,
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  name text NOT NULL,
  scopes text[] NOT NULL,
  hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  -- told about once a minute, not with each request
  last_used_at timestamptz
);
CREATE INDEX api_keys_of_tenant ON device_config.api_keys (tenant, created_at DESC, id DESC);
`,
};
