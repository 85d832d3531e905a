import { TypeormList, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { GivenRights } from '../domain/api-key-rights';
import { ApiKeyEntity } from './api-key.entity';
import { API_KEY_LIST, type ApiKeyFilters, type ApiKeySort } from './typeorm-api-key-list';

/** Keys of one tenant; a tenant that needs more has a machine that loses its keys. */
export const MAX_KEYS_OF_TENANT = 500;

export interface StoredApiKey extends GivenRights {
  id: string;
  tenant: string;
  name: string;
  /** The station groups that it is limited to; null: none. */
  stationGroups: string[] | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  /** Id of the key that issued it, and with which it ends; null: the administrator. */
  createdBy: string | null;
}

/** API keys; of a key only its hash is stored. */
export class TypeormApiKeys {
  private readonly listed: TypeormList<StoredApiKey, ApiKeyFilters, ApiKeySort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, API_KEY_LIST);
  }

  private get keys() {
    return this.dataSource.getRepository(ApiKeyEntity);
  }

  /** `full`: the tenant has `MAX_KEYS_OF_TENANT`. `no-maker`: the key that issues it was revoked meanwhile. */
  add(key: StoredApiKey, hash: Buffer): Promise<'added' | 'full' | 'no-tenant' | 'no-maker'> {
    const { tenant, createdBy } = key;
    return this.dataSource.transaction(async (manager) => {
      // One at a time in a tenant, and none in a tenant that is being removed.
      const tenants: unknown[] = await manager.query(`SELECT FROM device_config.tenants WHERE tenant = $1 FOR NO KEY UPDATE`, [tenant]);
      if (tenants.length === 0) return 'no-tenant';
      if ((await manager.countBy(ApiKeyEntity, { tenant })) >= MAX_KEYS_OF_TENANT) return 'full';
      const makers: unknown[] = await manager.query(`SELECT FROM device_config.api_keys WHERE id = $1 FOR KEY SHARE`, [createdBy]);
      if (createdBy !== null && makers.length === 0) return 'no-maker';
      await manager.insert(ApiKeyEntity, { ...key, hash });
      return 'added';
    });
  }

  async find(id: string): Promise<(StoredApiKey & { hash: Buffer }) | null> {
    const found = await this.keys.findOneBy({ id });
    return found === null ? null : { ...toStored(found), hash: found.hash };
  }

  async findOf(tenant: string, id: string): Promise<StoredApiKey | null> {
    const found = await this.keys.findOneBy({ tenant, id });
    return found === null ? null : toStored(found);
  }

  list(tenant: string): ListSource<StoredApiKey, ApiKeyFilters, ApiKeySort> {
    return this.listed.of(tenant);
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

function toStored({ hash: _, ...key }: ApiKeyEntity): StoredApiKey {
  return key;
}

/** Within the transaction that deletes the tenant. Returns the ids of its keys. */
export async function removeApiKeys(manager: EntityManager, tenant: string): Promise<string[]> {
  const [removed]: [{ id: string }[], number] = await manager.query(`DELETE FROM device_config.api_keys WHERE tenant = $1 RETURNING id`, [
    tenant,
  ]);
  return removed.map(({ id }) => id);
}
