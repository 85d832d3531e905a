import type { ApiKeys, KeyHolder } from '@voltbus/http';
import { LRUCache } from 'lru-cache';
import { rightsOf } from './domain/api-key-rights';
import { expired, isApiKey, readApiKey } from './domain/api-key';
import type { StoredApiKey, TypeormApiKeys } from './store/typeorm-api-keys';

/** How long another process may go on with a key that was revoked here: the age at which a cached key is read again. */
export const REVOKED_ELSEWHERE_MS = 10_000;
/** Keys cached at once, revoked ones among them. Beyond, the longest unused are looked up again. */
const MAX_KNOWN = 10_000;

interface ApiKeyCacheParts {
  store: Pick<TypeormApiKeys, 'find'>;
  uses: { note(id: string, at: Date): void };
  pepper: string;
  now?: () => Date;
  maxKnown?: number;
}

type Found = (StoredApiKey & { hash: Buffer }) | null;

/**
 * The keys that callers have shown lately. The seal of a key shows whether we issued it; a foreign key costs no query. An issued one is looked up once in
 * `REVOKED_ELSEWHERE_MS`, however many requests come with it, and so is a revoked one.
 */
export class ApiKeyCache implements ApiKeys {
  private readonly known: LRUCache<string, Promise<Found>>;
  private readonly now: () => Date;

  constructor(private readonly parts: ApiKeyCacheParts) {
    this.now = parts.now ?? (() => new Date());
    this.known = new LRUCache({
      max: parts.maxKnown ?? MAX_KNOWN,
      ttl: REVOKED_ELSEWHERE_MS,
      ttlResolution: 0,
      perf: { now: () => this.now().getTime() },
    });
  }

  async holderOf(text: string): Promise<KeyHolder | null> {
    const shown = readApiKey(text, this.parts.pepper);
    if (shown === null) return null;
    const found = await this.find(shown.id);
    if (found === null || !isApiKey(shown.key, found.hash, this.parts.pepper)) return null;
    return this.holding(found);
  }

  async holderWithId(id: string): Promise<KeyHolder | null> {
    const found = await this.find(id);
    return found === null ? null : this.holding(found);
  }

  private holding(found: StoredApiKey): KeyHolder | null {
    const now = this.now();
    if (expired(found, now)) return null;
    this.parts.uses.note(found.id, now);
    return { id: found.id, tenant: found.tenant, rights: rightsOf(found), stationGroups: found.stationGroups };
  }

  /** The key was revoked: neither a cached entry nor a lookup under way counts any more. */
  forget(id: string): void {
    this.known.set(id, Promise.resolve(null));
  }

  private find(id: string): Promise<Found> {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const looked: Promise<Found> = this.parts.store.find(id).then((found) => this.unlessForgotten(id, looked, found));
    this.known.set(id, looked);
    // A database that was away is queried again by the next request.
    looked.catch(() => this.known.get(id) === looked && this.known.delete(id));
    return looked;
  }

  /** A key that was revoked during the lookup is revoked, whatever the lookup read. */
  private unlessForgotten(id: string, looked: Promise<Found>, found: Found): Found | Promise<Found> {
    const known = this.known.get(id);
    return known === undefined || known === looked ? found : known;
  }
}
