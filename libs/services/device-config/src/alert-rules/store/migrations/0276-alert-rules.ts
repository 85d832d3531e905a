import type { Migration } from '@voltbus/database';

/** Rules by which alerts are raised. */
export const alertRulesMigration: Migration = {
  id: '0276-alert-rules',
  sql: `
CREATE TABLE device_config.alert_rules (
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  rule text NOT NULL,
  -- The members of the resource.
  body jsonb NOT NULL,
  PRIMARY KEY (tenant, rule)
);
CREATE INDEX alert_rules_by_name ON device_config.alert_rules (tenant, rule COLLATE "C");
`,
};
