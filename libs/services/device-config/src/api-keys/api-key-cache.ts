import { CsmsError, type Keyring } from '@voltbus/contracts';
import type { ApiKeys, KeyHolder } from '@voltbus/http';
import { inRanges } from '@voltbus/runtime';
import { LRUCache } from 'lru-cache';
import { rightsOf } from './domain/api-key-rights';
import { apiKeyHashes, expired, isOutdated, readApiKey, shownSecret } from './domain/api-key';
import type { KeyHashes, KeyUse, StoredApiKey, TypeormApiKeys } from './store/typeorm-api-keys';

/** How long another process may go on with a key that was revoked here: the age at which a cached key is read again. */
export const REVOKED_ELSEWHERE_MS = 10_000;
const OUTLIVED_RETRY_MS = 1_000;
/** Keys cached at once, revoked ones among them. Beyond, the longest unused are looked up again. */
const MAX_KNOWN = 10_000;

interface ApiKeyCacheParts {
  store: Pick<TypeormApiKeys, 'find' | 'rehash' | 'rehashedIds'>;
  uses: { note(use: KeyUse): void };
  peppers: Keyring | string;
  /** A key could not be hashed anew, which its next use tries again. */
  notRehashed?: (error: unknown) => void;
  now?: () => Date;
  maxKnown?: number;
}

type Found = StoredApiKey & KeyHashes & { allows: (address: string | undefined) => boolean };

/**
 * The keys that callers have shown lately. The seal of a key shows whether we issued it; a foreign key costs no query. Keys that outlived the pepper of their
 * seal are known by a list of their ids, read once in `REVOKED_ELSEWHERE_MS`. An issued one is looked up once in
 * `REVOKED_ELSEWHERE_MS`, however many requests come with it, and so is a revoked one. One with a secret that the cached key lacks is looked up at once, because
 * another process may have rotated the key; a secret that is no more then is remembered as such.
 */
export class ApiKeyCache implements ApiKeys {
  private readonly known: LRUCache<string, Promise<Found | null>>;
  /** Secrets that were replaced, by their hashes. */
  private readonly replaced: LRUCache<string, true>;
  private readonly now: () => Date;
  /** Keys that are being hashed anew. */
  private readonly rehashing = new Set<string>();
  private outlived: { until: number; ids: Promise<ReadonlySet<string>> } | null = null;

  constructor(private readonly parts: ApiKeyCacheParts) {
    this.now = parts.now ?? (() => new Date());
    const bounds = {
      max: parts.maxKnown ?? MAX_KNOWN,
      ttl: REVOKED_ELSEWHERE_MS,
      ttlResolution: 0,
      perf: { now: () => this.now().getTime() },
    };
    this.known = new LRUCache(bounds);
    this.replaced = new LRUCache(bounds);
  }

  async holderOf(text: string, address?: string): Promise<KeyHolder | null> {
    const shown = readApiKey(text, this.parts.peppers);
    if (shown === null || !(shown.sealed || (await this.outlivedPepper(shown.id)))) return null;
    const matched = await this.match(shown);
    if (matched === null || expired(matched.found, this.now())) return null;
    if (!matched.found.allows(address)) throw new CsmsError('address-not-allowed', 'the API key may not be used from this address');
    return this.used(matched.found, matched.rotations);
  }

  async holderWithId(id: string): Promise<KeyHolder | null> {
    const found = await this.find(id);
    return found === null || expired(found, this.now()) ? null : this.used(found, found.rotations);
  }

  /** The key with the secret that was shown, by the number of its rotations. */
  private async match({ id, key }: { id: string; key: string }): Promise<{ found: Found; rotations: number } | null> {
    const hashes = apiKeyHashes(key, this.parts.peppers);
    const [current = Buffer.alloc(0)] = hashes;
    for (let last = false; ; last = true) {
      const looked = this.find(id);
      const found = await looked;
      if (found === null) return null;
      const matched = shownSecret(hashes, found, this.now());
      if (matched !== null && isOutdated(matched.stored, this.parts.peppers)) this.rehash(id, { before: matched.stored, after: current });
      if (matched !== null) return { found, rotations: matched.rotations };
      const hash = current.toString('base64url');
      if (last) this.replaced.set(hash, true);
      if (this.replaced.has(hash)) return null;
      if (this.known.get(id) === looked) this.known.delete(id);
    }
  }

  /** Not awaited: the key is good, and is hashed anew by a later use where this one fails. */
  private rehash(id: string, hashes: { before: Buffer; after: Buffer }): void {
    if (this.rehashing.has(id)) return;
    this.rehashing.add(id);
    this.parts.store
      .rehash(id, hashes)
      .then(() => this.refresh(id))
      .catch((error: unknown) => this.parts.notRehashed?.(error))
      .finally(() => this.rehashing.delete(id));
  }

  /** Throws while the database is away, which is then looked at once in `OUTLIVED_RETRY_MS`. */
  private async outlivedPepper(id: string): Promise<boolean> {
    const now = this.now().getTime();
    if (this.outlived === null || now >= this.outlived.until) {
      const looked = { until: now + REVOKED_ELSEWHERE_MS, ids: this.parts.store.rehashedIds() };
      looked.ids.catch(() => (looked.until = now + OUTLIVED_RETRY_MS));
      this.outlived = looked;
    }
    return (await this.outlived.ids).has(id);
  }

  private used({ id, tenant, stationGroups, ...given }: Found, rotations: number): KeyHolder {
    this.parts.uses.note({ id, rotations, at: this.now() });
    return { id, tenant, rights: rightsOf(given), stationGroups };
  }

  /** The key was changed here: it is looked up again. */
  refresh(id: string): void {
    this.known.delete(id);
  }

  /** The key was revoked: neither a cached entry nor a lookup under way counts any more. */
  forget(id: string): void {
    this.known.set(id, Promise.resolve(null));
  }

  private find(id: string): Promise<Found | null> {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const looked: Promise<Found | null> = this.parts.store.find(id).then((found) => this.unlessForgotten(id, looked, withAddresses(found)));
    this.known.set(id, looked);
    // A database that was away is queried again by the next request.
    looked.catch(() => this.known.get(id) === looked && this.known.delete(id));
    return looked;
  }

  /** A key that was revoked during the lookup is revoked, whatever the lookup read. */
  private unlessForgotten(id: string, looked: Promise<Found | null>, found: Found | null): Found | null | Promise<Found | null> {
    const known = this.known.get(id);
    return known === undefined || known === looked ? found : known;
  }
}

/** The test of addresses is made once for each lookup. */
function withAddresses(found: (StoredApiKey & KeyHashes) | null): Found | null {
  if (found === null) return null;
  const { allowedAddresses } = found;
  return { ...found, allows: allowedAddresses === null ? () => true : inRanges(allowedAddresses) };
}
