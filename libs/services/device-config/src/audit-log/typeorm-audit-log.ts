import type { AuditLog, AuditedChange } from '@voltbus/http';
import type { DataSource } from 'typeorm';

/** Bytes of a recorded resource; a larger one is recorded as too large. */
const MAX_RECORDED_BYTES = 65_536;

export interface AuditEntry {
  id: string;
  at: Date;
  /** Id of the API key; null: the administrator. */
  key: string | null;
  keyName: string | null;
  address: string;
  requestId: string;
  method: string;
  path: string;
  reason: string | null;
  before: unknown;
  status: number | null;
  after: unknown;
}

export interface AuditFilter {
  key?: string | undefined;
  method?: string | undefined;
  /** The beginning of the path. */
  path?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** The audit log in Postgres. */
export class TypeormAuditLog implements AuditLog {
  constructor(private readonly dataSource: DataSource) {}

  async begin({ tenant, key, address, requestId, method, path, reason, before }: AuditedChange): Promise<string> {
    const rows: { id: string }[] = await this.dataSource.query(
      `INSERT INTO device_config.audit_log (tenant, key, key_name, address, request_id, method, path, reason, before)
       VALUES ($1, $2, (SELECT name FROM device_config.api_keys WHERE id = $2), $3, $4, $5, $6, $7, $8) RETURNING id`,
      [tenant, key, address, requestId, method, path, reason, recorded(before)],
    );
    return rows[0]?.id ?? '';
  }

  async complete({ tenant, id }: { tenant: string; id: string }, { status, after }: { status: number; after: unknown }): Promise<void> {
    await this.dataSource.query('UPDATE device_config.audit_log SET status = $3, after = $4 WHERE tenant = $1 AND id = $2', [
      ...[tenant, id, status, recorded(after)],
    ]);
  }

  async withdraw({ tenant, id }: { tenant: string; id: string }): Promise<void> {
    await this.dataSource.query('DELETE FROM device_config.audit_log WHERE tenant = $1 AND id = $2', [tenant, id]);
  }

  /** Newest first; `before`: the id that the page before ended with. */
  page(tenant: string, filter: AuditFilter, { limit, before }: { limit: number; before: string | null }): Promise<AuditEntry[]> {
    const { key = null, method = null, path = null, from = null, to = null } = filter;
    return this.dataSource.query(
      `SELECT id::text, at, key, key_name AS "keyName", address, request_id AS "requestId", method, path, reason, before, status, after
       FROM device_config.audit_log AS entries
       WHERE tenant = $1 AND ($2::bigint IS NULL OR entries.id < $2)
         AND ($4::text IS NULL OR (CASE WHEN $4 = 'administrator' THEN key IS NULL ELSE key = $4 END)) AND ($5::text IS NULL OR method = $5)
         AND ($6::text IS NULL OR starts_with(path, $6)) AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
       ORDER BY entries.id DESC LIMIT $3`,
      [tenant, before, limit, key, method, path, from, to],
    );
  }
}

/** As jsonb takes it: text that jsonb refuses was refused before the change was made. */
function recorded(resource: unknown): string | null {
  if (resource === null || resource === undefined) return null;
  const json = JSON.stringify(resource);
  const bytes = Buffer.byteLength(json);
  return bytes <= MAX_RECORDED_BYTES ? json : JSON.stringify({ tooLarge: true, bytes });
}
