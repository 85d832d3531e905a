import type { Migration } from '@voltbus/database';

/** CDRs as they were issued. A charge is never changed: a credit takes it back. */
export const cdrsMigration: Migration = {
  id: '0020-cdrs',
  sql: `
CREATE SEQUENCE cdr.cdrs_nth;
CREATE TABLE cdr.cdrs (
  tenant text NOT NULL,
  id uuid NOT NULL,
  station text NOT NULL,
  transaction uuid NOT NULL,
  revision integer NOT NULL,
  -- charge or credit
  kind text NOT NULL,
  started_at timestamptz NOT NULL,
  -- The order in which CDRs were issued.
  nth bigint DEFAULT nextval('cdr.cdrs_nth'),
  issued_at timestamptz,
  -- The last revision of the transaction that was found to be billed rightly by this charge.
  confirmed integer,
  -- The CDR as it is published.
  body jsonb NOT NULL,
  PRIMARY KEY (tenant, id)
);
-- A revision may have two credits, because an operator can take a charge back under its own revision: a credit is unique by the charge that it takes back.
CREATE UNIQUE INDEX cdrs_charged_once ON cdr.cdrs (tenant, transaction, revision) WHERE kind = 'charge';
CREATE UNIQUE INDEX cdrs_credited_once ON cdr.cdrs (tenant, transaction, (body ->> 'creditOf')) WHERE kind = 'credit';
CREATE INDEX cdrs_by_start ON cdr.cdrs (tenant, started_at DESC, id DESC);
CREATE INDEX cdrs_by_station ON cdr.cdrs (tenant, station, started_at DESC, id DESC);
CREATE INDEX cdrs_by_age ON cdr.cdrs (started_at);
`,
};
