import type { CdrCost, EndedTransaction, StationRef, Tariff } from '@voltbus/contracts';
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
  now(): Date;
}

/**
 * The recipients of a cost: stations of tenants that show costs, also stations that must end a session by its cost
 * (E16.FR.11), or the service itself.
 */
type CostFor = 'shown' | 'shown-or-limited' | 'always';

/** What a session has come to, and by which tariff; null: nothing is charged. */
interface SessionCost {
  account: EndedTransaction;
  cost: CdrCost;
  tariff: Tariff | null;
}

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

  /**
   * The cost as of now for the API, or of the end if there was one; null where it is not known within `COST_WITHIN_MS`.
   */
  async costOf({ id, ...ref }: StationRef & { id: string }): Promise<CdrCost | null> {
    try {
      return await withTimeout(this.reckon(ref, id, this.parts.now().getTime()), COST_WITHIN_MS);
    } catch (error) {
      this.parts.telemetry.costUnknown(ref, id, error);
      return null;
    }
  }

  /** All of it as of an instant, for whoever shows it; null where it is not known within `COST_WITHIN_MS`. */
  async sessionOf(ref: StationRef, transaction: string, at: number): Promise<SessionCost | null> {
    try {
      return await withTimeout(this.session(ref, transaction, at), COST_WITHIN_MS);
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
    const cost = isShown ? await this.reckon(ref, transaction, at) : null;
    return cost === null ? null : Number(cost.totalInclTax);
  }

  private async hasCostLimit({ tenant }: StationRef, transaction: string): Promise<boolean> {
    return (await this.parts.limits.find(tenant, transaction))?.maxCost !== undefined;
  }

  private async reckon(ref: StationRef, transaction: string, at: number): Promise<CdrCost | null> {
    return (await this.session(ref, transaction, at))?.cost ?? null;
  }

  private async session(ref: StationRef, transaction: string, at: number): Promise<SessionCost | null> {
    const { prices, transactions } = this.parts;
    const account = await transactions.looking(ref, async (unit) => {
      const stored = await unit.load(transaction);
      if (stored === null || stored.sealed) return stored?.ended ?? null; // the data of its summary is removed
      return summaryAt(stored.state, await unit.meterHistory(stored.state), at);
    });
    const terms = account === null ? null : await termsOf(prices.of(ref), account);
    if (account === null || terms === null) return null;
    const { cost } = price({ energyWh: account.energyWh ?? 0, periods: account.periods }, appliedTariff(account, terms));
    return { account, cost, tariff: terms.tariff };
  }
}
