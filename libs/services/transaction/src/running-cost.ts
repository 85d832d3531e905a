import type { StationRef } from '@voltbus/contracts';
import { free, price, termsOf } from '@voltbus/pricing';
import { LRUCache } from 'lru-cache';
import { setTimeout as pause } from 'node:timers/promises';
import { accountAt } from './domain/course';
import type { Happenings } from './happenings';
import type { TypeormPrices } from './store/typeorm-prices';
import type { TypeormTransactions } from './store/typeorm-transactions';

/** How long a tenant's wish to show costs is believed: every event of its stations asks for it. */
const SHOWN_MS = 10_000;
const MAX_TENANTS = 10_000;
/** An answer waits no longer for its cost: the station would take it for lost. */
export const COST_WITHIN_MS = 2_000;

export interface RunningCostParts {
  prices: TypeormPrices;
  transactions: Pick<TypeormTransactions, 'looking'>;
  happenings: Happenings;
}

/**
 * What a session costs so far, or did (I02, I03), in the currency of its tenant and with tax: by the same terms and the same `price()` as the CDR
 * that follows, so that what a driver was shown at the end is what is billed.
 */
export class RunningCost {
  private readonly shown = new LRUCache<string, boolean>({ max: MAX_TENANTS, ttl: SHOWN_MS });

  constructor(private readonly parts: RunningCostParts) {}

  /** As of an instant of the session (epoch milliseconds). Null where it is not shown, or not known: a cost never stands in an answer's way. */
  async of(ref: StationRef, transaction: string, at: number): Promise<number | null> {
    try {
      return await within(COST_WITHIN_MS, this.reckonIfShown(ref, transaction, at));
    } catch (error) {
      this.parts.happenings.costUnknown(ref, transaction, error);
      return null;
    }
  }

  private async reckonIfShown(ref: StationRef, transaction: string, at: number): Promise<number | null> {
    return (await this.isShown(ref.tenant)) ? this.reckon(ref, transaction, at) : null;
  }

  private async reckon(ref: StationRef, transaction: string, at: number): Promise<number | null> {
    const { prices, transactions } = this.parts;
    const account = await transactions.looking(ref, async (unit) => {
      const stored = await unit.load(transaction);
      return stored === null ? null : accountAt(stored.state, await unit.course(stored.state), at);
    });
    const terms = account === null ? null : await termsOf(prices.of(ref), account);
    if (account === null || terms === null) return null;
    const { cost } = price({ energyWh: account.energyWh ?? 0, periods: account.periods }, terms.tariff ?? free(terms.currency));
    return Number(cost.totalInclTax);
  }

  private async isShown(tenant: string): Promise<boolean> {
    const known = this.shown.get(tenant);
    if (known !== undefined) return known;
    const shown = await this.parts.prices.shown(tenant);
    this.shown.set(tenant, shown);
    return shown;
  }
}

/** Rejects when it takes longer; what is still under way is left to end by itself. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = pause(ms, undefined, { signal: done.signal, ref: false }).then(() => Promise.reject(new Error(`took longer than ${ms} ms`)));
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined); // it lost
    done.abort();
    work.catch(() => undefined); // nobody waits for it any more
  }
}
