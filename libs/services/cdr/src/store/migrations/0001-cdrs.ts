import type { Migration } from '@voltbus/database';

/** Every key begins with the tenant. Tariffs and terms are never changed, only followed: a session is priced by what held when it started. */
export const cdrsMigration: Migration = {
  id: '0001-cdrs',
  sql: `
CREATE TABLE cdr.terms (
  tenant text NOT NULL,
  since timestamptz NOT NULL,
  currency text NOT NULL,
  default_tariff text,
  PRIMARY KEY (tenant, since)
);

CREATE TABLE cdr.tariffs (
  tenant text NOT NULL,
  tariff text NOT NULL,
  since timestamptz NOT NULL,
  -- null: removed at that instant
  body jsonb,
  PRIMARY KEY (tenant, tariff, since)
);

CREATE TABLE cdr.cdrs (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  transaction uuid NOT NULL,
  revision integer NOT NULL,
  kind text NOT NULL,
  started_at timestamptz NOT NULL,
  -- as the topic has it
  body jsonb NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, transaction, revision, kind)
);
CREATE INDEX cdrs_by_start ON cdr.cdrs (tenant, started_at DESC, id DESC);
CREATE INDEX cdrs_by_station ON cdr.cdrs (tenant, station, started_at DESC, id DESC);
`,
};
