import type { Metrics } from '@voltbus/telemetry';
import type { TypeormHeldCdrs } from '../cdrs';

/** How often the held CDRs are counted: an alert waits for minutes, an operator for hours. */
export const HELD_INTERVAL_MS = 15_000;

/** Measures how many CDRs wait for an operator, and since when the oldest does. Every process of the service counts them all. */
export class HeldGauge {
  private count = 0;
  private oldestAt: Date | null = null;

  constructor(
    private readonly held: Pick<TypeormHeldCdrs, 'heldNow'>,
    metrics: Metrics,
    now: () => Date,
  ) {
    metrics.gauge('cdrs_held', 'CDRs that wait for an operator, as counted every few seconds', [], () => this.count);
    metrics.gauge('cdr_held_oldest_seconds', 'How long the oldest of them has waited; 0: none waits', [], () =>
      this.oldestAt === null ? 0 : Math.max(0, (now().getTime() - this.oldestAt.getTime()) / 1_000),
    );
  }

  async measure(): Promise<void> {
    ({ count: this.count, oldestAt: this.oldestAt } = await this.held.heldNow());
  }
}
