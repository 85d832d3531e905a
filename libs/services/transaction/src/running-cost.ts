import type { StationRef } from '@voltbus/contracts';
import { free, isFailedStart, price, termsOf } from '@voltbus/pricing';
import { accountAt } from './domain/course';
import type { Happenings } from './happenings';
import type { ShownCosts } from './shown-costs';
import type { TypeormPrices } from './store/typeorm-prices';
import type { TypeormTransactions } from './store/typeorm-transactions';
import { within } from './within';

/** An answer waits no longer for its cost: the station would take it for lost. */
export const COST_WITHIN_MS = 2_000;

export interface RunningCostParts {
  prices: TypeormPrices;
  shown: ShownCosts;
  transactions: Pick<TypeormTransactions, 'looking'>;
  happenings: Happenings;
}

/**
 * What a session costs so far, or did (I02, I03), in the currency of its tenant and with tax: by the same terms and the same `price()` as the CDR
 * that follows, so that what a driver was shown at the end is what is billed.
 */
export class RunningCost {
  constructor(private readonly parts: RunningCostParts) {}

  /** As of an instant of the session (epoch milliseconds). `always`: also where the tenant does not show it. Null where it is not shown, or not known: a cost never stands in an answer's way. */
  async of(ref: StationRef, transaction: string, at: number, whose: 'shown' | 'always' = 'shown'): Promise<number | null> {
    try {
      return await within(
        COST_WITHIN_MS,
        whose === 'always' ? this.reckon(ref, transaction, at) : this.reckonIfShown(ref, transaction, at),
      );
    } catch (error) {
      this.parts.happenings.costUnknown(ref, transaction, error);
      return null;
    }
  }

  private async reckonIfShown(ref: StationRef, transaction: string, at: number): Promise<number | null> {
    return (await this.parts.shown.at(ref.tenant)) ? this.reckon(ref, transaction, at) : null;
  }

  private async reckon(ref: StationRef, transaction: string, at: number): Promise<number | null> {
    const { prices, transactions } = this.parts;
    const account = await transactions.looking(ref, async (unit) => {
      const stored = await unit.load(transaction);
      return stored === null ? null : accountAt(stored.state, await unit.course(stored.state), at);
    });
    const terms = account === null ? null : await termsOf(prices.of(ref), account);
    if (account === null || terms === null) return null;
    const { cost } = price(
      { energyWh: account.energyWh ?? 0, periods: account.periods },
      isFailedStart(account) || terms.tariff === null ? free(terms.currency) : terms.tariff,
    );
    return Number(cost.totalInclTax);
  }
}
