import type { Migration } from '@voltbus/database';

/** Records that a consumer could not handle. */
export const deadLettersMigration: Migration = {
  id: '0020-dead-letters',
  sql: `
CREATE TABLE router.dead_letters (
  tenant text NOT NULL,
  id uuid NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  key text NOT NULL,
  -- The headers of the record itself: base64 by name.
  headers jsonb NOT NULL,
  -- Without its secrets.
  value bytea NOT NULL,
  -- The value as it must be replayed, encrypted; null where it has no secrets.
  sealed bytea,
  consumer text NOT NULL,
  handler text NOT NULL,
  kind text NOT NULL,
  error text NOT NULL,
  attempts integer NOT NULL,
  died_at timestamptz NOT NULL,
  replayed_at timestamptz,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX dead_letters_by_age ON router.dead_letters (tenant, died_at DESC, id DESC);
CREATE INDEX dead_letters_to_forget ON router.dead_letters (died_at);
`,
};
