import { LRUCache } from 'lru-cache';
import type { TenantDirectory } from '../directories';

/** How long a tenant that was found is not looked up again for access tokens: so long after its deletion they may still be accepted. */
export const TENANT_SEEN_MS = 5_000;
/** Tenants known at once. Beyond, the longest unused are looked up again. */
const MAX_KNOWN = 10_000;

/** Whether tenants exist, as it was a moment ago: looked up once in `TENANT_SEEN_MS`, however many requests come. Those that do not exist are not remembered. */
export class RecentTenants {
  private readonly known: LRUCache<string, Promise<boolean>>;

  /** Null: the process does not know them, and any tenant may be named. */
  constructor(
    private readonly tenants: TenantDirectory | null,
    { now, maxKnown = MAX_KNOWN }: { now?: () => number; maxKnown?: number } = {},
  ) {
    this.known = new LRUCache({
      ...{ max: maxKnown, ttl: TENANT_SEEN_MS, ttlResolution: 0 },
      ...(now === undefined ? {} : { perf: { now } }),
    });
  }

  /** Rejects while tenants cannot be looked up. */
  async has(tenant: string): Promise<boolean> {
    if (this.tenants === null) return true;
    const known = this.known.get(tenant);
    if (known !== undefined) return known;
    const looked = this.tenants.find(tenant).then((found) => found !== null);
    this.known.set(tenant, looked);
    const forget = (): void => {
      if (this.known.peek(tenant) === looked) this.known.delete(tenant);
    };
    looked.then((exists) => (exists ? undefined : forget()), forget);
    return looked;
  }
}
