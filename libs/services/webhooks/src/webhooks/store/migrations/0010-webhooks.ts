import type { Migration } from '@voltbus/database';

/** Webhooks and their secrets. */
export const webhooksMigration: Migration = {
  id: '0010-webhooks',
  sql: `
CREATE TABLE webhooks.webhooks (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  webhook text NOT NULL,
  url text NOT NULL,
  events text[] NOT NULL,
  description text NOT NULL,
  enabled boolean NOT NULL,
  disabled_reason text,
  disabled_at timestamptz,
  failing_since timestamptz,
  -- Encrypted. The previous one signs too until its instant.
  secret bytea NOT NULL,
  secret_issued_at timestamptz NOT NULL,
  previous_secret bytea,
  previous_until timestamptz,
  dropped bigint NOT NULL DEFAULT 0,
  last_dropped_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- Its deliveries are removed in batches; then it goes too.
  deleted_at timestamptz
);
CREATE UNIQUE INDEX webhooks_by_name ON webhooks.webhooks (tenant, webhook) WHERE deleted_at IS NULL;
CREATE INDEX webhooks_deleted ON webhooks.webhooks (deleted_at) WHERE deleted_at IS NOT NULL;
`,
};
