import type { StationRef } from '@voltbus/contracts';
import { appliedTariff, price, termsOf } from '@voltbus/pricing';
import { summaryAt, type TypeormTransactions } from '../transactions';
import type { TransactionTelemetry } from '../telemetry';
import { COST_WITHIN_MS, type ShownCosts, type TypeormPrices, within } from '../prices';
import type { TypeormLimits } from '../limits';

interface RunningCostParts {
  prices: TypeormPrices;
  shown: ShownCosts;
  transactions: Pick<TypeormTransactions, 'looking'>;
  limits: Pick<TypeormLimits, 'find'>;
  telemetry: TransactionTelemetry;
}

/**
 * For whom: stations of tenants that show costs; also stations that must end a session by its cost (E16.FR.11); or the
 * service itself, always.
 */
type CostFor = 'shown' | 'shown-or-limited' | 'always';

/**
 * What a session costs so far, or did (I02, I03), in the currency of its tenant and with tax: by the same terms and the
 * same `price()` as the CDR that follows, so that what a driver was shown at the end is what is billed.
 */
export class RunningCost {
  constructor(private readonly parts: RunningCostParts) {}

  /**
   * As of an instant of the session (epoch milliseconds). Null where it is not shown, or not known: a cost never stands
   * in an answer's way.
   */
  async of(ref: StationRef, transaction: string, at: number, whose: CostFor = 'shown'): Promise<number | null> {
    try {
      return await within(COST_WITHIN_MS, this.reckonFor(whose, ref, transaction, at));
    } catch (error) {
      this.parts.telemetry.costUnknown(ref, transaction, error);
      return null;
    }
  }

  private async reckonFor(whose: CostFor, ref: StationRef, transaction: string, at: number): Promise<number | null> {
    const told =
      whose === 'always' ||
      (await this.parts.shown.at(ref.tenant)) ||
      (whose === 'shown-or-limited' && (await this.hasCostLimit(ref, transaction)));
    return told ? this.reckon(ref, transaction, at) : null;
  }

  private async hasCostLimit({ tenant }: StationRef, transaction: string): Promise<boolean> {
    return (await this.parts.limits.find(tenant, transaction))?.maxCost !== undefined;
  }

  private async reckon(ref: StationRef, transaction: string, at: number): Promise<number | null> {
    const { prices, transactions } = this.parts;
    const account = await transactions.looking(ref, async (unit) => {
      const stored = await unit.load(transaction);
      return stored === null ? null : summaryAt(stored.state, await unit.meterHistory(stored.state), at);
    });
    const terms = account === null ? null : await termsOf(prices.of(ref), account);
    if (account === null || terms === null) return null;
    const { cost } = price({ energyWh: account.energyWh ?? 0, periods: account.periods }, appliedTariff(account, terms));
    return Number(cost.totalInclTax);
  }
}
