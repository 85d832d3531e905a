import { LRUCache } from 'lru-cache';
import type { TypeormPrices } from './store/typeorm-prices';

/** The time that an answer waits for its cost: beyond, the station would take the answer for lost. */
export const COST_WITHIN_MS = 2_000;
/** How long the tenant's choice to show costs is cached: every event of its stations needs it. */
const SHOWN_MS = 10_000;
const MAX_TENANTS = 10_000;

/** Which tenants have drivers shown what charging costs. */
export class ShownCosts {
  private readonly known = new LRUCache<string, boolean>({ max: MAX_TENANTS, ttl: SHOWN_MS });

  constructor(private readonly prices: Pick<TypeormPrices, 'shown'>) {}

  async at(tenant: string): Promise<boolean> {
    const known = this.known.get(tenant);
    if (known !== undefined) return known;
    const shown = await this.prices.shown(tenant);
    this.known.set(tenant, shown);
    return shown;
  }
}
