import type { StationRef, Tariff } from '@voltbus/contracts';
import { withTimeout } from '@voltbus/flow';
import { termsOf, type Terms } from '@voltbus/pricing';
import type { TransactionTelemetry } from '../telemetry';
import { COST_WITHIN_MS, type ShownCosts } from './shown-costs';
import type { TypeormPrices } from './store/typeorm-prices';

/**
 * What a driver pays who is in a group of tokens with a price of its own (I08), for stations of 2.1 that reckon and
 * show it themselves.
 */
export class DriverTariffs {
  constructor(private readonly parts: { prices: TypeormPrices; shown: ShownCosts; telemetry: TransactionTelemetry }) {}

  /**
   * Null where it is not shown, is what everybody pays there, or is not known in time: a tariff never stands in an
   * answer's way.
   */
  async of(ref: StationRef, group: string | null, now: Date): Promise<Tariff | null> {
    if (group === null) return null;
    try {
      const terms = await withTimeout(this.termsIfShown(ref, group, now), COST_WITHIN_MS);
      return terms?.from === 'token-group' ? terms.tariff : null;
    } catch (error) {
      this.parts.telemetry.tariffUnknown(ref, error);
      return null;
    }
  }

  private async termsIfShown(ref: StationRef, idTokenGroup: string, now: Date): Promise<Terms | null> {
    const { prices, shown } = this.parts;
    return (await shown.at(ref.tenant)) ? termsOf(prices.of(ref), { startedAt: now.toISOString(), idTokenGroup }) : null;
  }
}
