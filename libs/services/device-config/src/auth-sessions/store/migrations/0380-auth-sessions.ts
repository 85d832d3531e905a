import type { Migration } from '@voltbus/database';

/** Sessions of people, and of the administrator of a standalone. Of a cookie's value only a hash is stored, so that nobody can use what this table shows. */
export const authSessionsMigration: Migration = {
  id: '0380-auth-sessions',
  sql: `
CREATE TABLE device_config.auth_sessions (
  -- Not a part of the cookie.
  id uuid PRIMARY KEY,
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  hash bytea NOT NULL,
  actor text NOT NULL,
  -- As the provider calls the person.
  name text,
  -- Issuer and subject; both null: the administrator.
  issuer text,
  subject text,
  -- Those that the rules read.
  claims jsonb,
  address text NOT NULL,
  created_at timestamptz NOT NULL,
  -- Written about once a minute, not with each request.
  last_used_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX auth_sessions_by_hash ON device_config.auth_sessions (hash);
CREATE INDEX auth_sessions_of_tenant ON device_config.auth_sessions (tenant, created_at DESC, id DESC);
CREATE INDEX auth_sessions_of_person ON device_config.auth_sessions (tenant, actor, last_used_at DESC);
CREATE INDEX auth_sessions_by_age ON device_config.auth_sessions (ends_at);
`,
};
