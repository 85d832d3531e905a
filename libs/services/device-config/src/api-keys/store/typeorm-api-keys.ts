import { isDeepStrictEqual } from 'node:util';
import { TypeormList, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { KeyBounds } from '../domain/api-key-bounds';
import type { GivenRights } from '../domain/api-key-rights';
import { ApiKeyEntity } from './api-key.entity';
import { API_KEY_LIST, type ApiKeyFilters, type ApiKeySort } from './typeorm-api-key-list';

/** Keys of one tenant; a tenant that needs more has a machine that loses its keys. */
export const MAX_KEYS_OF_TENANT = 500;

/** Keys whose seal is of a pepper that is gone, and that are accepted all the same: beyond, those whose turn was longest ago must be rotated. */
const MAX_REHASHED_KEYS = 50_000;

export interface StoredApiKey extends GivenRights {
  id: string;
  tenant: string;
  name: string;
  /** The station groups that it is limited to; null: none. */
  stationGroups: string[] | null;
  createdAt: Date;
  expiresAt: Date | null;
  /** With the secret that it has now. */
  lastUsedAt: Date | null;
  /** Ranges of the addresses that it may be used from; null: all. */
  allowedAddresses: string[] | null;
  /** How often its secret was replaced. */
  rotations: number;
  rotatedAt: Date | null;
  /** Until then the secret before is accepted; null: there is none. */
  previousEndsAt: Date | null;
  previousLastUsedAt: Date | null;
  /** Id of the key that issued it, and with which it ends; null: the administrator. */
  createdBy: string | null;
}

/** The hashes of a key's secrets. */
export interface KeyHashes {
  hash: Buffer;
  previousHash: Buffer | null;
}

/** When a key was used, and with which of its secrets: that after so many rotations. */
export interface KeyUse {
  id: string;
  rotations: number;
  at: Date;
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

  /** `full`: the tenant has `MAX_KEYS_OF_TENANT`. `no-maker`, `maker-changed`: the key that issues it was revoked meanwhile, or its bounds were changed. */
  add(key: StoredApiKey, hash: Buffer, maker: KeyBounds | null): Promise<'added' | 'full' | 'no-tenant' | 'no-maker' | 'maker-changed'> {
    const { tenant, createdBy } = key;
    return this.dataSource.transaction(async (manager) => {
      // One at a time in a tenant, and none in a tenant that is being removed.
      const tenants: unknown[] = await manager.query(`SELECT FROM device_config.tenants WHERE tenant = $1 FOR NO KEY UPDATE`, [tenant]);
      if (tenants.length === 0) return 'no-tenant';
      if ((await manager.countBy(ApiKeyEntity, { tenant })) >= MAX_KEYS_OF_TENANT) return 'full';
      const found = createdBy === null ? null : await manager.findOneBy(ApiKeyEntity, { tenant, id: createdBy });
      if (createdBy !== null && found === null) return 'no-maker';
      if (maker !== null && found !== null && !isDeepStrictEqual(boundsOf(maker), boundsOf(found))) return 'maker-changed';
      await manager.insert(ApiKeyEntity, { ...key, hash });
      return 'added';
    });
  }

  /**
   * Stores what `decide` makes of the name, the addresses and the end of a key; the keys that it made end no later. `changed`: all of them whose row may
   * differ. Null: there is no such key.
   */
  change(
    { tenant, id }: Pick<StoredApiKey, 'tenant' | 'id'>,
    decide: (before: StoredApiKey, family: { maker: StoredApiKey | null; made: StoredApiKey[] }) => StoredApiKey,
  ): Promise<{ key: StoredApiKey; changed: string[] } | null> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(`SELECT FROM device_config.tenants WHERE tenant = $1 FOR NO KEY UPDATE`, [tenant]); // as in `add`
      const all = (await manager.findBy(ApiKeyEntity, { tenant })).map(toStored);
      const before = all.find((one) => one.id === id);
      if (before === undefined) return null;
      const made = madeBy(id, all);
      const after = decide(before, { maker: all.find((one) => one.id === before.createdBy) ?? null, made });
      const { name, allowedAddresses, expiresAt } = after;
      await manager.update(ApiKeyEntity, { tenant, id }, { name, allowedAddresses, expiresAt });
      const ended = made.map((one) => one.id);
      await manager.query(`UPDATE device_config.api_keys SET expires_at = least(expires_at, $2) WHERE id = ANY ($1)`, [ended, expiresAt]);
      return { key: after, changed: [id, ...ended] };
    });
  }

  find(id: string): Promise<(StoredApiKey & KeyHashes) | null> {
    return this.keys.findOneBy({ id });
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

  /**
   * Replaces the secret. The one before is accepted until `previousEndsAt`, or not at all (null); of an earlier rotation nothing is left. False: there is no
   * such key.
   */
  async rotate(
    { tenant, id }: Pick<StoredApiKey, 'tenant' | 'id'>,
    { hash, at, previousEndsAt }: { hash: Buffer; at: Date; previousEndsAt: Date | null },
  ): Promise<boolean> {
    const [, changed]: [unknown, number] = await this.dataSource.query(
      `UPDATE device_config.api_keys SET hash = $3, rotated_at = $4, rotations = rotations + 1, last_used_at = NULL, previous_ends_at = $5,
         previous_hash = CASE WHEN $5::timestamptz IS NOT NULL THEN hash END,
         previous_last_used_at = CASE WHEN $5::timestamptz IS NOT NULL THEN last_used_at END
       WHERE tenant = $1 AND id = $2`,
      [tenant, id, hash, at, previousEndsAt],
    );
    return changed > 0;
  }

  /** Replaces a hash of the key's by another of the same secret, where it still is one of them. */
  async rehash(id: string, { before, after }: { before: Buffer; after: Buffer }): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.api_keys SET rehashed_at = now(), hash = CASE WHEN hash = $2 THEN $3 ELSE hash END,
         previous_hash = CASE WHEN previous_hash = $2 THEN $3 ELSE previous_hash END
       WHERE id = $1 AND $2 IN (hash, previous_hash)`,
      [id, before, after],
    );
  }

  /** Ids of the keys that were hashed anew, the latest first. */
  async rehashedIds(): Promise<ReadonlySet<string>> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM device_config.api_keys WHERE rehashed_at IS NOT NULL ORDER BY rehashed_at DESC LIMIT $1`,
      [MAX_REHASHED_KEYS],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Whether a key is `maker`, or was issued by it, directly or not. */
  async isFamily({ tenant, id }: Pick<StoredApiKey, 'tenant' | 'id'>, maker: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `WITH RECURSIVE makers AS (
         SELECT id, created_by FROM device_config.api_keys WHERE tenant = $1 AND id = $2
         UNION SELECT up.id, up.created_by FROM device_config.api_keys up JOIN makers ON up.id = makers.created_by
       )
       SELECT FROM makers WHERE id = $3`,
      [tenant, id, maker],
    );
    return rows.length > 0;
  }

  /** Ids of the keys that made a key, directly or not; none where there is no such key. */
  async makersOf(tenant: string, id: string): Promise<string[]> {
    const rows: { made_by: string }[] = await this.dataSource.query(
      `WITH RECURSIVE makers AS (
         SELECT created_by AS made_by FROM device_config.api_keys WHERE tenant = $1 AND id = $2
         UNION SELECT up.created_by FROM device_config.api_keys up JOIN makers ON up.tenant = $1 AND up.id = makers.made_by
       )
       SELECT made_by FROM makers WHERE made_by IS NOT NULL`,
      [tenant, id],
    );
    return rows.map(({ made_by }) => made_by);
  }

  /** Writes many at once; a later use that another process wrote stays. A use with a secret that is no longer kept is left out. */
  async used(uses: readonly KeyUse[]): Promise<void> {
    const columns = [uses.map(({ id }) => id), uses.map(({ at }) => at), uses.map(({ rotations }) => rotations)];
    for (const [column, before] of [
      ['last_used_at', 0],
      ['previous_last_used_at', 1],
    ] as const)
      await this.dataSource.query(
        `UPDATE device_config.api_keys k SET ${column} = greatest(k.${column}, u.at)
         FROM unnest($1::text[], $2::timestamptz[], $3::integer[]) AS u (id, at, rotations)
         WHERE k.id = u.id AND u.rotations = k.rotations - ${before}`,
        columns,
      );
  }
}

/** The keys that a key made, directly or not. */
function madeBy(maker: string, all: readonly StoredApiKey[]): StoredApiKey[] {
  const family = new Set([maker]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { id, createdBy } of all) if (createdBy !== null && family.has(createdBy)) family.add(id);
  }
  return all.filter(({ id }) => id !== maker && family.has(id));
}

function boundsOf({ expiresAt, allowedAddresses }: KeyBounds): KeyBounds {
  return { expiresAt, allowedAddresses };
}

function toStored({ hash: _, previousHash: _before, ...key }: ApiKeyEntity): StoredApiKey {
  return key;
}

/** Within the transaction that deletes the tenant. Returns the ids of its keys. */
export async function removeApiKeys(manager: EntityManager, tenant: string): Promise<string[]> {
  const [removed]: [{ id: string }[], number] = await manager.query(`DELETE FROM device_config.api_keys WHERE tenant = $1 RETURNING id`, [
    tenant,
  ]);
  return removed.map(({ id }) => id);
}
