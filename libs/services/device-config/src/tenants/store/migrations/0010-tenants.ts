import type { Migration } from '@voltbus/database';

/** Tenants and their policies. The tenant 'default' is there from the first start. */
export const tenantsMigration: Migration = {
  id: '0010-tenants',
  sql: `
CREATE TABLE device_config.tenants (
  tenant text PRIMARY KEY,
  name text NOT NULL,
  unknown_stations text NOT NULL,
  unknown_tokens text NOT NULL,
  -- C16: tokens of this group stop any transaction and start none.
  master_pass_group text,
  min_security_profile smallint NOT NULL,
  currency text NOT NULL,
  default_tariff text,
  -- Stations are sent what a session costs.
  show_cost boolean NOT NULL DEFAULT false,
  -- CDRs with these flags, or above this total, are held for review; null means the default of cdr.
  review_flags text[],
  review_above text,
  keep_messages_hours smallint NOT NULL DEFAULT 24,
  -- False for a tenant made by a migration, until it has been published.
  published boolean NOT NULL DEFAULT true
);
INSERT INTO device_config.tenants (tenant, name, unknown_stations, unknown_tokens, min_security_profile, currency, published)
VALUES ('default', 'default', 'refuse', 'refuse', 1, 'EUR', false);

-- Names that are never given again: bills and readings of a deleted tenant are kept and must not become another's (ADR 45).
CREATE TABLE device_config.deleted_tenants (
  tenant text PRIMARY KEY,
  deleted_at timestamptz NOT NULL
);
`,
};
