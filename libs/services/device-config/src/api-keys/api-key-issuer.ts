import { randomBytes } from 'node:crypto';
import { CsmsError, invalidAt, type Keyring } from '@voltbus/contracts';
import { lacksPermission, type Caller } from '@voltbus/http';
import type { ApiKeyCache } from './api-key-cache';
import { rightsOf, type GivenRights } from './domain/api-key-rights';
import { changedKey, within, type ApiKeyChanges } from './domain/api-key-bounds';
import { API_KEY_ID_BYTES, API_KEY_SECRET_BYTES, apiKeyHash, expired, formApiKey } from './domain/api-key';
import type { DeviceConfigTelemetry } from '../telemetry';
import { MAX_KEYS_OF_TENANT, type StoredApiKey, type TypeormApiKeys } from './store/typeorm-api-keys';

interface ApiKeyIssuerParts {
  store: TypeormApiKeys;
  cache: ApiKeyCache;
  telemetry: DeviceConfigTelemetry;
  peppers: Keyring;
}

interface WantedApiKey extends GivenRights {
  tenant: string;
  name: string;
  stationGroups: string[] | null;
  allowedAddresses: string[] | null;
  expiresAt: Date | null;
}

/** Why a secret is replaced: by whom, and how long the one before is accepted. */
interface Rotation {
  by: Pick<Caller, 'key' | 'token' | 'session' | 'actor'>;
  overlapSeconds: number;
}

/** Issues, changes, rotates and revokes API keys. */
export class ApiKeyIssuer {
  constructor(private readonly parts: ApiKeyIssuerParts) {}

  /** The key is in this answer and nowhere else. `maker`: the caller, who gives no right that they lack. */
  async issue(
    wanted: WantedApiKey,
    maker: Pick<Caller, 'key' | 'token' | 'session' | 'actor' | 'rights'>,
  ): Promise<{ stored: StoredApiKey; key: string }> {
    const { store, telemetry, peppers } = this.parts;
    const { tenant, name, role, scopes, stationGroups } = wanted;
    const createdAt = new Date();
    if (expired(wanted, createdAt)) throw invalidAt('/expiresAt', 'has passed');
    checkHolder(maker);
    checkRights(maker, wanted);
    const issuer = maker.key === null ? null : await store.findOf(tenant, maker.key.id);
    const bounds = within(wanted, issuer);
    const { id, key } = this.form(randomBytes(API_KEY_ID_BYTES));
    const by = maker.key?.id ?? null;
    const stored: StoredApiKey = {
      ...{ id, tenant, name, role, scopes, stationGroups, ...bounds, createdAt, lastUsedAt: null, createdBy: by },
      ...{ rotations: 0, rotatedAt: null, previousEndsAt: null, previousLastUsedAt: null },
    };
    const outcome = await store.add(stored, apiKeyHash(key, peppers), issuer);
    if (outcome === 'no-tenant') throw new CsmsError('not-found', 'no such tenant');
    if (outcome === 'no-maker') throw new CsmsError('unauthorized', 'the API key was revoked');
    if (outcome === 'maker-changed') throw new CsmsError('conflict', 'the key that makes it was changed meanwhile: try again');
    if (outcome === 'full') throw new CsmsError('conflict', `a tenant has at most ${MAX_KEYS_OF_TENANT} keys: revoke unused ones`);
    telemetry.apiKeyIssued({ tenant, id, by: maker.actor });
    return { stored, key };
  }

  /**
   * Replaces the secret of a key, which keeps its id, rights and end. A key rotates itself and those that it issued: with the secret of another it would
   * leave something behind when it is revoked. The secret before ends at once here where there is no overlap, within `REVOKED_ELSEWHERE_MS` elsewhere.
   */
  async rotate(
    { tenant, id }: { tenant: string; id: string },
    { by, overlapSeconds }: Rotation,
  ): Promise<{ stored: StoredApiKey; key: string }> {
    const { store, cache, telemetry, peppers } = this.parts;
    checkHolder(by);
    const found = await store.findOf(tenant, id);
    const at = new Date();
    if (found === null) throw new CsmsError('not-found', 'no such API key');
    if (expired(found, at)) throw new CsmsError('conflict', 'the API key has expired: make another');
    if (by.key !== null && !(await store.isFamily(found, by.key.id)))
      throw new CsmsError('forbidden', 'a key rotates itself and the keys that it made; others are rotated by the administrator');
    const { key } = this.form(Buffer.from(id, 'hex'));
    const previousEndsAt = overlapSeconds === 0 ? null : new Date(at.getTime() + overlapSeconds * 1_000);
    const rotated = await store.rotate(found, { hash: apiKeyHash(key, peppers), at, previousEndsAt });
    cache.refresh(id);
    const stored = rotated ? await store.findOf(tenant, id) : null;
    if (stored === null) throw new CsmsError('not-found', 'no such API key');
    telemetry.apiKeyRotated({ tenant, id, by: by.actor, overlapSeconds });
    return { stored, key };
  }

  /**
   * Changes a key within the bounds of the key that made it, and of the caller's: nobody changes a key that may do what they may not. Known here at once,
   * in other processes within `REVOKED_ELSEWHERE_MS`.
   */
  async change(
    { tenant, id }: { tenant: string; id: string },
    changes: ApiKeyChanges,
    by: Pick<Caller, 'key' | 'token' | 'session' | 'actor' | 'rights'>,
  ): Promise<StoredApiKey> {
    const { store, cache, telemetry } = this.parts;
    checkHolder(by);
    const own = by.key === null ? null : await store.findOf(tenant, by.key.id);
    const stored = await store.change({ tenant, id }, (before, family) => {
      checkRights(by, before);
      return changedKey(before, changes, { ...family, own, at: new Date() });
    });
    if (stored === null) throw new CsmsError('not-found', 'no such API key');
    for (const one of stored.changed) cache.refresh(one);
    telemetry.apiKeyChanged({ tenant, id, by: by.actor });
    return stored.key;
  }

  private form(id: Buffer) {
    return formApiKey({ id, secret: randomBytes(API_KEY_SECRET_BYTES), pepper: this.parts.peppers.all[0]?.secret ?? '' });
  }

  /** Revokes the key with all keys that it issued: at once here, within `REVOKED_ELSEWHERE_MS` in other processes. */
  async revoke({ tenant, id }: { tenant: string; id: string }, by: string): Promise<void> {
    const removed = await this.parts.store.remove(tenant, id);
    if (removed.length === 0) throw new CsmsError('not-found', 'no such API key');
    for (const gone of removed) {
      this.parts.cache.forget(gone);
      this.parts.telemetry.apiKeyRevoked({ tenant, id: gone, by });
    }
  }

  /** Ends the keys of a deleted tenant as soon as revoked ones end. */
  onTenantDeleted(ids: readonly string[]): void {
    for (const id of ids) this.parts.cache.forget(id);
  }
}

/** Keys end with what made them, and a token or session ends by itself: whoever has one for an hour would be left with keys for good. */
function checkHolder({ token, session }: Pick<Caller, 'token' | 'session'>): void {
  if (token !== null || session !== undefined)
    throw new CsmsError('forbidden', 'API keys are made and rotated with API keys, not with access tokens or sessions');
}

/** Nobody gives a right that they lack. A caller that is limited to station groups makes no keys at all: the route is refused to it. */
function checkRights({ rights }: Pick<Caller, 'rights'>, given: GivenRights): void {
  const missing = [...rightsOf(given)].find((one) => !rights.has(one));
  if (missing !== undefined) throw lacksPermission(missing);
}
