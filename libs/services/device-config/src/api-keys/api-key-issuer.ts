import { randomBytes } from 'node:crypto';
import { CsmsError, invalidAt } from '@voltbus/contracts';
import { lacksPermission, type Caller } from '@voltbus/http';
import type { ApiKeyCache } from './api-key-cache';
import { rightsOf, type GivenRights } from './domain/api-key-rights';
import { API_KEY_ID_BYTES, API_KEY_SECRET_BYTES, apiKeyHash, expired, formApiKey } from './domain/api-key';
import type { DeviceConfigTelemetry } from '../telemetry';
import { MAX_KEYS_OF_TENANT, type StoredApiKey, type TypeormApiKeys } from './store/typeorm-api-keys';

interface ApiKeyIssuerParts {
  store: TypeormApiKeys;
  cache: ApiKeyCache;
  telemetry: DeviceConfigTelemetry;
  pepper: string;
}

interface WantedApiKey extends GivenRights {
  tenant: string;
  name: string;
  stationGroups: string[] | null;
  expiresAt: Date | null;
}

/** Issues and revokes API keys. */
export class ApiKeyIssuer {
  constructor(private readonly parts: ApiKeyIssuerParts) {}

  /** The key is in this answer and nowhere else. `maker`: the caller, who gives no right that they lack. */
  async issue(wanted: WantedApiKey, maker: Pick<Caller, 'key' | 'rights'>): Promise<{ stored: StoredApiKey; key: string }> {
    const { store, telemetry, pepper } = this.parts;
    const { tenant, name, role, scopes, stationGroups } = wanted;
    const createdAt = new Date();
    if (expired(wanted, createdAt)) throw invalidAt('/expiresAt', 'has passed');
    checkRights(maker, wanted);
    const expiresAt = await this.endOf(wanted, maker.key);
    const { id, key } = formApiKey({ id: randomBytes(API_KEY_ID_BYTES), secret: randomBytes(API_KEY_SECRET_BYTES), pepper });
    const by = maker.key?.id ?? null;
    const stored: StoredApiKey = { id, tenant, name, role, scopes, stationGroups, createdAt, expiresAt, lastUsedAt: null, createdBy: by };
    const outcome = await store.add(stored, apiKeyHash(key, pepper));
    if (outcome === 'no-tenant') throw new CsmsError('not-found', 'no such tenant');
    if (outcome === 'no-maker') throw new CsmsError('unauthorized', 'the API key was revoked');
    if (outcome === 'full') throw new CsmsError('conflict', `a tenant has at most ${MAX_KEYS_OF_TENANT} keys: revoke unused ones`);
    telemetry.apiKeyIssued({ tenant, id, by });
    return { stored, key };
  }

  /** A key ends no later than the one that issued it. */
  private async endOf({ tenant, expiresAt }: WantedApiKey, maker: Caller['key']): Promise<Date | null> {
    const end = maker === null ? null : ((await this.parts.store.findOf(tenant, maker.id))?.expiresAt ?? null);
    if (end !== null && expiresAt !== null && expiresAt > end)
      throw invalidAt('/expiresAt', `is later than that of the key which makes it: ${end.toISOString()}`);
    return expiresAt ?? end;
  }

  /** Revokes the key with all keys that it issued: at once here, within `REVOKED_ELSEWHERE_MS` in other processes. */
  async revoke({ tenant, id }: { tenant: string; id: string }, by: string | null): Promise<void> {
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

/** Nobody gives a right that they lack. A caller that is limited to station groups makes no keys at all: the route is refused to it. */
function checkRights({ rights }: Pick<Caller, 'rights'>, given: GivenRights): void {
  const missing = [...rightsOf(given)].find((one) => !rights.has(one));
  if (missing !== undefined) throw lacksPermission(missing);
}
