import type { Migration } from '@voltbus/database';

/** Keys of requests, as digests, with their encrypted answers. */
export const idempotencyKeysMigration: Migration = {
  id: '0110-idempotency-keys',
  sql: `
CREATE TABLE device_config.idempotency_keys (
  tenant text NOT NULL,
  -- The id of the API key, or administrator.
  caller text NOT NULL,
  -- Digest of the Idempotency-Key.
  key text NOT NULL,
  -- Digest of the route and of what was sent.
  fingerprint text NOT NULL,
  -- The request that works, or has worked, under the key.
  claim uuid NOT NULL DEFAULT gen_random_uuid(),
  claimed_at timestamptz NOT NULL DEFAULT now(),
  -- Encrypted with the pepper and the key itself. Null while the request works, and for good where its process died.
  answer bytea,
  PRIMARY KEY (tenant, caller, key)
);
CREATE INDEX idempotency_keys_by_age ON device_config.idempotency_keys (claimed_at);
`,
};
