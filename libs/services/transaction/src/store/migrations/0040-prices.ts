import type { Migration } from '@voltbus/database';

/** What others have said of prices, with its history, so that drivers are told what cdr will bill. */
export const pricesMigration: Migration = {
  id: '0040-prices',
  sql: `
CREATE TABLE transactions.terms (
  tenant text NOT NULL,
  since timestamptz NOT NULL,
  currency text NOT NULL,
  default_tariff text,
  show_cost boolean NOT NULL,
  PRIMARY KEY (tenant, since)
);
CREATE TABLE transactions.prices (
  tenant text NOT NULL,
  -- tariff, token-group or station-group
  kind text NOT NULL,
  -- groups: in capitals
  name text NOT NULL,
  since timestamptz NOT NULL,
  -- a tariff, or the name of a group's; null: removed
  value jsonb,
  PRIMARY KEY (tenant, kind, name, since)
);
CREATE TABLE transactions.station_groups (
  tenant text NOT NULL,
  station text NOT NULL,
  since timestamptz NOT NULL,
  station_group text,
  PRIMARY KEY (tenant, station, since)
);
`,
};
