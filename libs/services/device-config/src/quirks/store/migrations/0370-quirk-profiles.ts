import type { Migration } from '@voltbus/database';

/** Which quirks are switched for which stations. */
export const quirkProfilesMigration: Migration = {
  id: '0370-quirk-profiles',
  sql: `
CREATE TABLE device_config.quirk_profiles (
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  profile text NOT NULL,
  -- The members of the resource.
  body jsonb NOT NULL,
  PRIMARY KEY (tenant, profile)
);
CREATE INDEX quirk_profiles_by_name ON device_config.quirk_profiles (tenant, profile COLLATE "C");
`,
};
