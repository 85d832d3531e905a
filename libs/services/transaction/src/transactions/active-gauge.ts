import type { Metrics } from '@voltbus/telemetry';

/** How often the active transactions are counted. */
export const ACTIVE_INTERVAL_MS = 15_000;

/** Measures how many transactions have not ended. Every process of the service counts them all. */
export class ActiveGauge {
  private count = 0;

  constructor(
    private readonly store: { countActive(): Promise<number> },
    metrics: Metrics,
  ) {
    metrics.gauge('transactions_active', 'Transactions that have not ended, as counted every few seconds', [], () => this.count);
  }

  async measure(): Promise<void> {
    this.count = await this.store.countActive();
  }
}
