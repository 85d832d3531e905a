import type { Migration } from '@voltbus/database';

/** The place of each entry of the audit log in the chain of its tenant, given once; and where each chain stands. */
export const auditChainMigration: Migration = {
  id: '0320-audit-chain',
  sql: `
ALTER TABLE device_config.audit_log
  -- Null: it is not in the chain yet.
  ADD COLUMN position bigint,
  ADD COLUMN previous_hash bytea,
  ADD COLUMN hash bytea,
  -- Grows with the position, so that retention removes the beginning of a chain and nothing else.
  ADD COLUMN sealed_at timestamptz;
CREATE UNIQUE INDEX audit_log_by_position ON device_config.audit_log (tenant, position);
CREATE INDEX audit_log_to_seal ON device_config.audit_log (tenant, id) WHERE position IS NULL;
CREATE INDEX audit_log_by_sealing ON device_config.audit_log (sealed_at);

CREATE TABLE device_config.audit_chains (
  tenant text PRIMARY KEY,
  position bigint NOT NULL,
  hash bytea NOT NULL,
  sealed_at timestamptz NOT NULL
);

CREATE OR REPLACE FUNCTION device_config.audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND (OLD.tenant, OLD.id, OLD.at, OLD.key, OLD.key_name, OLD.address, OLD.request_id, OLD.method, OLD.path,
    OLD.reason, OLD.before) IS NOT DISTINCT FROM (NEW.tenant, NEW.id, NEW.at, NEW.key, NEW.key_name, NEW.address, NEW.request_id, NEW.method, NEW.path,
    NEW.reason, NEW.before) THEN
    -- The outcome is added before the entry has its place, or its place to an entry that stays as it is.
    IF OLD.status IS NULL AND NEW.position IS NULL THEN RETURN NEW; END IF;
    IF NEW.position IS NOT NULL AND (OLD.status, OLD.after) IS NOT DISTINCT FROM (NEW.status, NEW.after) THEN RETURN NEW; END IF;
  END IF;
  -- An entry without outcome is withdrawn when nothing was changed. Retention sets voltbus.retention for its own database transaction.
  IF TG_OP = 'DELETE' AND ((OLD.status IS NULL AND OLD.position IS NULL) OR current_setting('voltbus.retention', true) = 'on') THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
`,
};
