import type { Migration } from '@voltbus/database';

/** Changes that were made through the API, and by whom. The database itself refuses to change or delete an entry once it has its outcome. */
export const auditLogMigration: Migration = {
  id: '0090-audit-log',
  sql: `
CREATE TABLE device_config.audit_log (
  tenant text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT now(),
  -- The id of the API key; null for the administrator.
  key text,
  -- The name that the key had then.
  key_name text,
  address text NOT NULL,
  request_id text NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  reason text,
  before jsonb,
  -- Null while the request goes on, and for good where the process died before the outcome was known.
  status integer,
  after jsonb,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX audit_log_by_key ON device_config.audit_log (tenant, key, id);
CREATE INDEX audit_log_by_path ON device_config.audit_log (tenant, path text_pattern_ops, id);
CREATE INDEX audit_log_by_age ON device_config.audit_log (at);

CREATE FUNCTION device_config.audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The outcome is the only thing that may be added.
  IF TG_OP = 'UPDATE' AND OLD.status IS NULL AND (OLD.tenant, OLD.id, OLD.at, OLD.key, OLD.key_name, OLD.address, OLD.request_id, OLD.method, OLD.path,
    OLD.reason, OLD.before) IS NOT DISTINCT FROM (NEW.tenant, NEW.id, NEW.at, NEW.key, NEW.key_name, NEW.address, NEW.request_id, NEW.method, NEW.path,
    NEW.reason, NEW.before) THEN RETURN NEW; END IF;
  -- An entry without outcome is withdrawn when nothing was changed. Retention sets voltbus.retention for its own database transaction.
  IF TG_OP = 'DELETE' AND (OLD.status IS NULL OR current_setting('voltbus.retention', true) = 'on') THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON device_config.audit_log
  FOR EACH ROW EXECUTE FUNCTION device_config.audit_log_is_append_only();
`,
};
