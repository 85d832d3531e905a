import type { Migration } from '@voltbus/database';

/** CDRs that wait, or waited, for an operator, and the policies that hold them. */
export const reviewMigration: Migration = {
  id: '0030-review',
  sql: `
CREATE TABLE cdr.reviews (
  tenant text NOT NULL,
  -- The id of the CDR, which it keeps when it is charged.
  id uuid NOT NULL,
  station text NOT NULL,
  transaction uuid NOT NULL,
  revision integer NOT NULL,
  state text NOT NULL,
  -- The transaction waits for a decision since then; a later revision that takes the place of this one keeps the instant.
  held_at timestamptz NOT NULL,
  decided_at timestamptz,
  started_at timestamptz NOT NULL,
  -- The CDR with its review.
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
`,
};
