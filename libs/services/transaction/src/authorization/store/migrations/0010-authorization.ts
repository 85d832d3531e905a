import type { Migration } from '@voltbus/database';

/** Tokens with their history, and the policies of tenants about tokens. A token is identified by its text in upper case, without control characters. */
export const authorizationMigration: Migration = {
  id: '0010-authorization',
  sql: `
-- Policies about tokens; the device-config service owns the tenants themselves.
CREATE TABLE transactions.tenants (
  tenant text PRIMARY KEY,
  unknown_tokens text NOT NULL,
  master_pass_group text
);

-- Every change of a tenant's tokens has a number. A tenant without tokens is at 1, because local list versions are above zero (D01.FR.18).
CREATE TABLE transactions.token_revisions (
  tenant text PRIMARY KEY,
  revision integer NOT NULL DEFAULT 1,
  -- Removals up to this revision have been deleted: a local list that is older needs a Full update.
  forgotten integer NOT NULL DEFAULT 0,
  changed_at timestamptz NOT NULL DEFAULT now(),
  -- The present burst of changes began then.
  stirred_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE transactions.tokens (
  tenant text NOT NULL,
  -- The identity of the token; id_token is its text as it was given.
  token text NOT NULL,
  id_token text NOT NULL,
  type text NOT NULL,
  status text NOT NULL,
  group_id text,
  expires_at timestamptz,
  concurrent boolean NOT NULL,
  -- Stations and EVSEs where the token may charge; an empty list means everywhere.
  allowed_at jsonb NOT NULL DEFAULT '[]',
  session_limit jsonb,
  -- The rest of a prepaid token's balance, as its owner reports it; null for a token that is not prepaid.
  credit numeric,
  -- The number of the token's last change, unique within the tenant; 0 for a row that has not been numbered yet.
  revision integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, token)
);
CREATE UNIQUE INDEX tokens_by_revision ON transactions.tokens (tenant, revision) WHERE revision > 0;
CREATE INDEX tokens_unnumbered ON transactions.tokens (tenant) WHERE revision = 0;

-- Stations of 2.x identify a token by its type, too: a token whose type has changed is removed under the old one.
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

-- Group membership with its history: a session that is reported late is priced by the group that the token had then.
CREATE TABLE transactions.token_groups (
  tenant text NOT NULL,
  token text NOT NULL,
  since timestamptz NOT NULL,
  group_id text,
  PRIMARY KEY (tenant, token, since)
);
`,
};
