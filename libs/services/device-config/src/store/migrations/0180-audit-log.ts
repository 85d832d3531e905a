import type { Migration } from '@voltbus/database';

/** Who changed what. The database itself refuses to change or remove an entry once it has its outcome. */
export const auditLogMigration: Migration = {
  id: '0180-audit-log',
  sql: `
CREATE TABLE device_config.audit_log (
  tenant text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT now(),
  -- id of the API key; null: the administrator
  key text,
  -- as the key was called then
  key_name text,
  address text NOT NULL,
  request_id text NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  reason text,
  before jsonb,
  -- null: the process died before it knew
  status integer,
  after jsonb,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX audit_log_by_key ON device_config.audit_log (tenant, key, id);
CREATE INDEX audit_log_by_path ON device_config.audit_log (tenant, path text_pattern_ops, id);
CREATE INDEX audit_log_by_age ON device_config.audit_log (at);

CREATE FUNCTION device_config.audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status IS NULL AND (OLD.tenant, OLD.id, OLD.at, OLD.key, OLD.key_name, OLD.address, OLD.request_id, OLD.method, OLD.path,
    OLD.reason, OLD.before) IS NOT DISTINCT FROM (NEW.tenant, NEW.id, NEW.at, NEW.key, NEW.key_name, NEW.address, NEW.request_id, NEW.method, NEW.path,
    NEW.reason, NEW.before) THEN RETURN NEW; END IF;
  -- one that is withdrawn changed nothing; retention says so for its own database transaction
  IF TG_OP = 'DELETE' AND (OLD.status IS NULL OR current_setting('voltbus.retention', true) = 'on') THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON device_config.audit_log
  FOR EACH ROW EXECUTE FUNCTION device_config.audit_log_is_append_only();
`,
};
