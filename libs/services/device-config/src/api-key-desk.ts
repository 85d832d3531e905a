import { randomBytes } from 'node:crypto';
import { CsmsError } from '@voltbus/contracts';
import type { Scope } from '@voltbus/http';
import type { ApiKeyRing } from './api-key-ring';
import { API_KEY_ID_BYTES, API_KEY_SECRET_BYTES, apiKeyHash, expired, formApiKey } from './domain/api-key';
import type { Happenings } from './happenings';
import { MAX_KEYS_OF_TENANT, type StoredApiKey, type TypeormApiKeys } from './store/typeorm-api-keys';

export interface ApiKeyDeskParts {
  store: TypeormApiKeys;
  ring: ApiKeyRing;
  happenings: Happenings;
  pepper: string;
}

export interface WantedApiKey {
  tenant: string;
  name: string;
  scopes: Scope[];
  expiresAt: Date | null;
}

/** Where keys are handed out and taken back. */
export class ApiKeyDesk {
  constructor(private readonly parts: ApiKeyDeskParts) {}

  /** The key is in this answer and nowhere else. `by`: the id of the key that asked for it; null: the administrator. */
  async make({ tenant, name, scopes, expiresAt }: WantedApiKey, by: string | null): Promise<{ stored: StoredApiKey; key: string }> {
    const { store, happenings, pepper } = this.parts;
    const createdAt = new Date();
    if (expired({ expiresAt }, createdAt))
      throw new CsmsError('invalid', 'expiresAt: has passed', { errors: [{ path: '/expiresAt', message: 'has passed' }] });
    const { id, key } = formApiKey({ id: randomBytes(API_KEY_ID_BYTES), secret: randomBytes(API_KEY_SECRET_BYTES), pepper });
    const stored: StoredApiKey = { id, tenant, name, scopes, createdAt, expiresAt, lastUsedAt: null };
    const outcome = await store.add(stored, apiKeyHash(key, pepper));
    if (outcome === 'no-tenant') throw new CsmsError('not-found', 'no such tenant');
    if (outcome === 'full') throw new CsmsError('conflict', `a tenant has at most ${MAX_KEYS_OF_TENANT} keys: revoke those nobody uses`);
    happenings.apiKeyMade({ tenant, id, by });
    return { stored, key };
  }

  /** At once here; within `REVOKED_ELSEWHERE_MS` in other processes. */
  async revoke({ tenant, id }: { tenant: string; id: string }, by: string | null): Promise<void> {
    const removed = await this.parts.store.remove(tenant, id);
    if (!removed) throw new CsmsError('not-found', 'no such API key');
    this.parts.ring.forget(id);
    this.parts.happenings.apiKeyRevoked({ tenant, id, by });
  }
}
