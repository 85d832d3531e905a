import { TypeormList, among, before, notBefore, type Bind, type ListDefinition, type ListSource } from '@voltbus/database';
import type { AuditLog, AuditedChange } from '@voltbus/http';
import type { DataSource } from 'typeorm';
import { ENTRY_COLUMNS, PLACE_COLUMNS, type AuditRow } from './store/audit-row';

/** Bytes of a recorded resource; a larger one is recorded as too large. */
const MAX_RECORDED_BYTES = 65_536;

/** An entry, with its place in the chain where it has one. */
export interface ListedRow extends AuditRow {
  position: string | null;
  previousHash: string | null;
  hash: string | null;
}

interface AuditFilters {
  /** Ids of keys, or `administrator`. */
  actor?: string[] | undefined;
  method?: string[] | undefined;
  /** The beginning of the path. */
  path?: string | undefined;
  requestId?: string[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
}
type AuditSort = 'at';

/** `GET /v1/audit-log`. */
const AUDIT_LOG_LIST: ListDefinition<AuditFilters, AuditSort> = {
  columns: `${ENTRY_COLUMNS}, ${PLACE_COLUMNS}`,
  from: 'device_config.audit_log AS entries',
  owner: 'tenant',
  id: [{ sql: 'entries.id', type: 'bigint' }],
  sorts: { at: [] }, // ids grow with time
  filters: {
    actor: ofActors,
    method: among('method'),
    path: (path, bind) => `starts_with(path, ${bind(path)}::text)`,
    requestId: among('request_id'),
    from: notBefore('at'),
    to: before('at'),
  },
};

/** Without an expression over the column, so that the index by key answers it. */
function ofActors(actors: readonly string[], bind: Bind): string {
  const ofKeys = among('key')(actors, bind);
  return actors.includes('administrator') ? `(key IS NULL OR ${ofKeys})` : ofKeys;
}

/** The audit log in Postgres. */
export class TypeormAuditLog implements AuditLog {
  private readonly listed: TypeormList<ListedRow, AuditFilters, AuditSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, AUDIT_LOG_LIST);
  }

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

  list(tenant: string): ListSource<ListedRow, AuditFilters, AuditSort> {
    return this.listed.of(tenant);
  }
}

/** As jsonb takes it: text that jsonb refuses was refused before the change was made. */
function recorded(resource: unknown): string | null {
  if (resource === null || resource === undefined) return null;
  const json = JSON.stringify(resource);
  const bytes = Buffer.byteLength(json);
  return bytes <= MAX_RECORDED_BYTES ? json : JSON.stringify({ tooLarge: true, bytes });
}
