import type { Scope } from '@voltbus/http';
import type { DataSource } from 'typeorm';

/** Keys of one tenant; a tenant that needs more has a machine that loses its keys. */
export const MAX_KEYS_OF_TENANT = 500;

export interface StoredApiKey {
  id: string;
  tenant: string;
  name: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  /** Id of the key that issued it, and with which it ends; null: the administrator. */
  createdBy: string | null;
}

const COLUMNS = `id, tenant, name, scopes, created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt", created_by AS "createdBy"`;

/** API keys; of a key only its hash is stored. */
export class TypeormApiKeys {
  constructor(private readonly dataSource: DataSource) {}

  /** `full`: the tenant has `MAX_KEYS_OF_TENANT`. `no-maker`: the key that issues it was revoked meanwhile. */
  add(key: StoredApiKey, hash: Buffer): Promise<'added' | 'full' | 'no-tenant' | 'no-maker'> {
    const { id, tenant, name, scopes, createdAt, expiresAt, createdBy } = key;
    return this.dataSource.transaction(async (manager) => {
      // one at a time in a tenant, and none in a tenant that is being removed
      const tenants: unknown[] = await manager.query(`SELECT FROM device_config.tenants WHERE tenant = $1 FOR NO KEY UPDATE`, [tenant]);
      if (tenants.length === 0) return 'no-tenant';
      const [{ count }]: [{ count: number }] = await manager.query(
        `SELECT count(*)::int AS count FROM device_config.api_keys WHERE tenant = $1`,
        [tenant],
      );
      if (count >= MAX_KEYS_OF_TENANT) return 'full';
      const makers: unknown[] = await manager.query(`SELECT FROM device_config.api_keys WHERE id = $1 FOR KEY SHARE`, [createdBy]);
      if (createdBy !== null && makers.length === 0) return 'no-maker';
      await manager.query(
        `INSERT INTO device_config.api_keys (id, tenant, name, scopes, hash, created_at, expires_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [id, tenant, name, scopes, hash, createdAt, expiresAt, createdBy],
      );
      return 'added';
    });
  }

  async find(id: string): Promise<(StoredApiKey & { hash: Buffer }) | null> {
    const rows: (StoredApiKey & { hash: Buffer })[] = await this.dataSource.query(
      `SELECT ${COLUMNS}, hash FROM device_config.api_keys WHERE id = $1`,
      [id],
    );
    return rows[0] ?? null;
  }

  findOf(tenant: string, id: string): Promise<StoredApiKey | null> {
    return this.dataSource
      .query(`SELECT ${COLUMNS} FROM device_config.api_keys WHERE tenant = $1 AND id = $2`, [tenant, id])
      .then((rows: StoredApiKey[]) => rows[0] ?? null);
  }

  /** Newest first. */
  page(tenant: string, { limit, after }: { limit: number; after: { createdAt: string; id: string } | null }): Promise<StoredApiKey[]> {
    return this.dataSource.query(
      `SELECT ${COLUMNS} FROM device_config.api_keys
       WHERE tenant = $1 AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4)) ORDER BY created_at DESC, id DESC LIMIT $2`,
      [tenant, limit, after?.createdAt ?? null, after?.id ?? null],
    );
  }

  /** Removes the key with all keys that it issued, directly or not; resolves to their ids. Empty: there was no such key. */
  async remove(tenant: string, id: string): Promise<string[]> {
    const [rows]: [{ id: string }[], number] = await this.dataSource.query(
      `WITH RECURSIVE gone AS (
         SELECT id FROM device_config.api_keys WHERE tenant = $1 AND id = $2
         UNION SELECT made.id FROM device_config.api_keys made JOIN gone ON made.created_by = gone.id
       )
       DELETE FROM device_config.api_keys WHERE id IN (SELECT id FROM gone) RETURNING id`,
      [tenant, id],
    );
    return rows.map((row) => row.id);
  }

  /** Writes many at once; a later use that another process wrote stays. */
  async used(uses: readonly { id: string; at: Date }[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.api_keys k SET last_used_at = greatest(k.last_used_at, u.at)
       FROM unnest($1::text[], $2::timestamptz[]) AS u (id, at) WHERE k.id = u.id`,
      [uses.map(({ id }) => id), uses.map(({ at }) => at)],
    );
  }
}
