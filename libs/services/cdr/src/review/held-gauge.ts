import type { TypeormReviews } from './typeorm-reviews';
import type { Metrics } from '@voltbus/telemetry';

/** How often the held CDRs are counted: an alert waits for minutes, a person for hours. */
export const HELD_INTERVAL_MS = 15_000;

/** How many CDRs wait for a person, and since when the longest. Every process of the service counts them all. */
export class HeldGauge {
  private count = 0;
  private oldestAt: Date | null = null;

  constructor(
    private readonly reviews: Pick<TypeormReviews, 'heldNow'>,
    metrics: Metrics,
    now: () => Date,
  ) {
    metrics.gauge('cdrs_held', 'CDRs that wait for an operator, as counted every few seconds', [], () => this.count);
    metrics.gauge('cdr_held_oldest_seconds', 'How long the oldest of them has waited; 0: none waits', [], () =>
      this.oldestAt === null ? 0 : Math.max(0, (now().getTime() - this.oldestAt.getTime()) / 1_000),
    );
  }

  async measure(): Promise<void> {
    ({ count: this.count, oldestAt: this.oldestAt } = await this.reviews.heldNow());
  }
}
