import type { Migration } from '@voltbus/database';

/** Every change of a tenant's tokens has a number; a station's local list has a version: the number up to which it holds them. */
export const localListsMigration: Migration = {
  id: '0030-local-lists',
  sql: `
-- 1 is a tenant without tokens: versions are above zero (D01.FR.18).
CREATE TABLE transactions.token_revisions (
  tenant text PRIMARY KEY,
  revision integer NOT NULL DEFAULT 1,
  -- removals up to this one are not known any more
  forgotten integer NOT NULL DEFAULT 0,
  changed_at timestamptz NOT NULL DEFAULT now(),
  -- when the present burst of changes began
  stirred_at timestamptz NOT NULL DEFAULT now()
);

-- The change that made it what it is; no two of a tenant have the same. 0: written by a process of a version that does not count yet, to be numbered.
ALTER TABLE transactions.tokens ADD COLUMN revision integer NOT NULL DEFAULT 0;
UPDATE transactions.tokens t SET revision = numbered.revision
FROM (SELECT tenant, token, 1 + row_number() OVER (PARTITION BY tenant ORDER BY token) AS revision FROM transactions.tokens) numbered
WHERE t.tenant = numbered.tenant AND t.token = numbered.token;
CREATE UNIQUE INDEX tokens_by_revision ON transactions.tokens (tenant, revision) WHERE revision > 0;
CREATE INDEX tokens_unnumbered ON transactions.tokens (tenant) WHERE revision = 0;
INSERT INTO transactions.token_revisions (tenant, revision) SELECT tenant, max(revision) FROM transactions.tokens GROUP BY tenant;

-- 2.x knows a token by its type, too: one that has changed its type is removed under the old one
CREATE TABLE transactions.removed_tokens (
  tenant text NOT NULL,
  token text NOT NULL,
  type text NOT NULL,
  id_token text NOT NULL,
  revision integer NOT NULL,
  removed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, token, type)
);
CREATE UNIQUE INDEX removed_tokens_by_revision ON transactions.removed_tokens (tenant, revision);
CREATE INDEX removed_tokens_by_age ON transactions.removed_tokens (removed_at);

CREATE TABLE transactions.local_lists (
  tenant text NOT NULL,
  station text NOT NULL,
  mode text NOT NULL,
  per_message integer NOT NULL,
  -- the connection last heard of, and what it speaks; null until then
  epoch bigint NOT NULL DEFAULT 0,
  connected boolean NOT NULL,
  protocol text,
  -- as local-list/list.ts has it
  version integer,
  cleared integer NOT NULL,
  target integer NOT NULL,
  asks boolean NOT NULL,
  whole boolean NOT NULL,
  unproven integer,
  standing text NOT NULL,
  attempts integer NOT NULL,
  retry_at timestamptz,
  last_outcome text,
  changed_at timestamptz NOT NULL,
  -- one question at a time: numbered, so that each has an id of its own
  serial integer NOT NULL,
  command uuid,
  kind text,
  base integer,
  up_to integer,
  planned_at timestamptz,
  asked boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant, station)
);
CREATE INDEX local_lists_idle ON transactions.local_lists (tenant) WHERE mode = 'tokens' AND connected AND command IS NULL;
CREATE INDEX local_lists_under_way ON transactions.local_lists (planned_at) WHERE command IS NOT NULL;
`,
};
