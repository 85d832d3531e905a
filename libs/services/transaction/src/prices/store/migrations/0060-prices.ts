import type { Migration } from '@voltbus/database';

/** Copies of the terms, tariffs and groups of other services, with their history: a driver is shown the cost that cdr will bill. */
export const pricesMigration: Migration = {
  id: '0060-prices',
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
  -- Names of groups are in upper case.
  name text NOT NULL,
  since timestamptz NOT NULL,
  -- A tariff, or the name of a group's tariff; null where it was removed.
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
