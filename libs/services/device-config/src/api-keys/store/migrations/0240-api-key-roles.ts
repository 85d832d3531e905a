import type { Migration } from '@voltbus/database';

/** Roles of API keys, and the station groups that a key is limited to. Keys without a role keep their scopes. */
export const apiKeyRolesMigration: Migration = {
  id: '0240-api-key-roles',
  sql: `
ALTER TABLE device_config.api_keys
  -- Null: the key has scopes.
  ADD COLUMN role text,
  -- Null: it is of the whole tenant.
  ADD COLUMN station_groups text[];
`,
};
