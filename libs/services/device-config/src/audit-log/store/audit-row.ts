import type { AuditEntry } from '../domain/audit-entry';

/** An entry as it is stored. */
export interface AuditRow {
  id: string;
  at: Date;
  /** Id of the API key, or issuer and subject of the access token; null: the administrator. */
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

export const ENTRY_COLUMNS =
  'id::text, at, key, key_name AS "keyName", address, request_id AS "requestId", method, path, reason, before, status, after';

/** As `ChainPlace` has them; all null where an entry has none. */
export const PLACE_COLUMNS = `position::text, encode(previous_hash, 'hex') AS "previousHash", encode(hash, 'hex') AS hash`;

export function entryOf({ id, at, key, keyName, address, requestId, method, path, reason, before, after, status }: AuditRow): AuditEntry {
  const actor = { actor: key ?? 'administrator', actorName: keyName };
  return { id, at: at.toISOString(), ...actor, address, requestId, method, path, reason, before, after, status };
}
