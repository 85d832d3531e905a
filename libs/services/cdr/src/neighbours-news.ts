import type { Subscription } from '@voltbus/bus';

/** News that was told so shortly before the end of a session is not waited for: it would have to be asked for with every end. */
export const NEWS_SLACK_MS = 5_000;

/**
 * Whether this service has read what its neighbours said before the end of a session was told. After an outage it has a backlog of sessions and
 * one of news: a price by groups or terms that are still in the backlog would be wrong for good. What another process of this
 * service has not read yet counts as not read: a tenant's news may be in its hands.
 */
export class NeighboursNews {
  private readUntil = -Infinity;
  private looking: Promise<boolean> | null = null;

  constructor(
    private readonly subscriptions: readonly Pick<Subscription, 'passed'>[],
    private readonly now: () => number = Date.now,
  ) {}

  /** `toldAt`: when the bus took it, epoch milliseconds. Many may ask at once: they wait for the same look. */
  async readBefore(toldAt: number): Promise<boolean> {
    if (toldAt - NEWS_SLACK_MS <= this.readUntil) return true;
    this.looking ??= this.look().finally(() => (this.looking = null));
    return this.looking;
  }

  private async look(): Promise<boolean> {
    const instant = this.now() + 1;
    const passed = await Promise.all(this.subscriptions.map((subscription) => subscription.passed(instant)));
    if (!passed.every(Boolean)) return false;
    this.readUntil = instant;
    return true;
  }
}
