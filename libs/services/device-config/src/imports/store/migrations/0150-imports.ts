import type { Migration } from '@voltbus/database';

/** Bulk imports, and their items, which are the queue while they wait and the results afterwards. */
export const importsMigration: Migration = {
  id: '0150-imports',
  sql: `
CREATE TABLE device_config.imports (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- The order in which a tenant's imports are carried out.
  number bigint GENERATED ALWAYS AS IDENTITY,
  tenant text NOT NULL REFERENCES device_config.tenants ON DELETE CASCADE,
  kind text NOT NULL,
  dry_run boolean NOT NULL,
  only_new boolean NOT NULL,
  author jsonb NOT NULL,
  state text NOT NULL DEFAULT 'queued',
  total int NOT NULL,
  created int NOT NULL DEFAULT 0,
  replaced int NOT NULL DEFAULT 0,
  unchanged int NOT NULL DEFAULT 0,
  failed int NOT NULL,
  skipped int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz,
  -- Set while a process works on it; the import ends at its next item.
  cancelled boolean NOT NULL DEFAULT false,
  -- The process that works on it, until the lease lapses. Between two turns there is a lease and no holder where it has to wait.
  holder uuid,
  lease_until timestamptz,
  -- When a process last took it; tenants take turns by it.
  served_at timestamptz,
  -- Attempts that have ended in a defect since the last item that was written.
  defects int NOT NULL DEFAULT 0
);
CREATE INDEX imports_of_tenant ON device_config.imports (tenant, number DESC);
CREATE INDEX imports_open ON device_config.imports (number) WHERE ended_at IS NULL;
CREATE INDEX imports_by_age ON device_config.imports (created_at);
CREATE TABLE device_config.import_items (
  import uuid NOT NULL REFERENCES device_config.imports ON DELETE CASCADE,
  item int NOT NULL,
  line int NOT NULL,
  key text,
  -- The body of the PUT, encrypted, because it may hold a station's password; gone once the item has an outcome.
  sealed bytea,
  -- Null: still to come.
  outcome text,
  problem jsonb,
  PRIMARY KEY (import, item)
);
CREATE INDEX import_items_to_come ON device_config.import_items (import, item) WHERE outcome IS NULL;
`,
};
