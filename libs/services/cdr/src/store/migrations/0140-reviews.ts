import type { Migration } from '@voltbus/database';

/** CDRs that wait for a person, and what became of them. An operator may take a charge back under its own revision, so a revision may have two credits. */
export const reviewsMigration: Migration = {
  id: '0140-reviews',
  sql: `
CREATE TABLE cdr.reviews (
  tenant text NOT NULL,
  -- of the CDR: the same when it is charged
  id uuid NOT NULL,
  station text NOT NULL,
  transaction uuid NOT NULL,
  revision integer NOT NULL,
  state text NOT NULL,
  -- since when a person is asked to look; a later revision takes it over
  held_at timestamptz NOT NULL,
  decided_at timestamptz,
  started_at timestamptz NOT NULL,
  -- the CDR with its review
  body jsonb NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX reviews_held_once ON cdr.reviews (tenant, transaction) WHERE state = 'held';
CREATE INDEX reviews_of_transaction ON cdr.reviews (tenant, transaction);
CREATE INDEX reviews_by_start ON cdr.reviews (tenant, state, started_at DESC, id DESC);
CREATE INDEX reviews_by_age ON cdr.reviews (started_at);
CREATE INDEX reviews_held ON cdr.reviews (held_at) WHERE state = 'held';

CREATE TABLE cdr.review_policies (
  tenant text PRIMARY KEY,
  flags text[] NOT NULL,
  above text
);

-- nth: in the order in which they were issued; null: before there were reviews, by revision
-- confirmed: the last revision of its transaction that a charge was found to bill rightly
CREATE SEQUENCE cdr.cdrs_nth;
ALTER TABLE cdr.cdrs ADD COLUMN nth bigint, ADD COLUMN issued_at timestamptz, ADD COLUMN confirmed integer;
ALTER TABLE cdr.cdrs ALTER COLUMN nth SET DEFAULT nextval('cdr.cdrs_nth');
ALTER TABLE cdr.cdrs DROP CONSTRAINT cdrs_tenant_transaction_revision_kind_key;
CREATE UNIQUE INDEX cdrs_charged_once ON cdr.cdrs (tenant, transaction, revision) WHERE kind = 'charge';
CREATE UNIQUE INDEX cdrs_credited_once ON cdr.cdrs (tenant, transaction, (body ->> 'creditOf')) WHERE kind = 'credit';
`,
};
