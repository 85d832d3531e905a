import type { StationRef } from '@voltbus/contracts';
import { withTimeout } from '@voltbus/flow';
import { appliedTariff, price, termsOf } from '@voltbus/pricing';
import { summaryAt, type TypeormTransactions } from '../transactions';
import type { TransactionTelemetry } from '../telemetry';
import { COST_WITHIN_MS, type ShownCosts, type TypeormPrices } from '../prices';
import type { TypeormLimits } from '../limits';

interface RunningCostParts {
  prices: TypeormPrices;
  shown: ShownCosts;
  transactions: Pick<TypeormTransactions, 'looking'>;
  limits: Pick<TypeormLimits, 'find'>;
  telemetry: TransactionTelemetry;
}

/**
 * The recipients of a cost: stations of tenants that show costs, also stations that must end a session by its cost
 * (E16.FR.11), or the service itself.
 */
type CostFor = 'shown' | 'shown-or-limited' | 'always';

/**
 * Computes the running or final cost of a session (I02, I03), with tax, by the same terms and the same `price()` as the
 * CDR that follows, so that the cost shown at the end is the cost billed.
 */
export class RunningCost {
  constructor(private readonly parts: RunningCostParts) {}

  /**
   * The cost as of an instant (epoch milliseconds); null where it is not shown or not known. It never rejects, nor
   * delays an answer beyond `COST_WITHIN_MS`.
   */
  async of(ref: StationRef, transaction: string, at: number, whose: CostFor = 'shown'): Promise<number | null> {
    try {
      return await withTimeout(this.reckonFor(whose, ref, transaction, at), COST_WITHIN_MS);
    } catch (error) {
      this.parts.telemetry.costUnknown(ref, transaction, error);
      return null;
    }
  }

  private async reckonFor(whose: CostFor, ref: StationRef, transaction: string, at: number): Promise<number | null> {
    const isShown =
      whose === 'always' ||
      (await this.parts.shown.at(ref.tenant)) ||
      (whose === 'shown-or-limited' && (await this.hasCostLimit(ref, transaction)));
    return isShown ? this.reckon(ref, transaction, at) : null;
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
