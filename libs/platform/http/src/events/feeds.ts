import { randomBytes } from 'node:crypto';
import type { EventLimits } from './event-limits';
import { Feed } from './feed';
import type { ResourceEvent } from './resource-event';

/** The feeds of the tenants that somebody listens to, or did lately. What happens in other tenants costs nothing. */
export class Feeds {
  private readonly feeds = new Map<string, Feed>();
  /** Since when nobody listens; the first to be left comes first. */
  private readonly alone = new Map<string, number>();

  constructor(
    private readonly limits: Pick<EventLimits, 'keptEvents' | 'keptBytes' | 'keptAloneMs' | 'keptAlone'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  wanted(tenant: string): boolean {
    return this.feeds.has(tenant);
  }

  /** The tenant's feed, kept from now on. Whoever takes it watches it, and says `left` afterwards. */
  join(tenant: string): Feed {
    this.sweep();
    this.alone.delete(tenant);
    const feed = this.feeds.get(tenant) ?? new Feed(randomBytes(8).toString('hex'), this.limits);
    this.feeds.set(tenant, feed);
    return feed;
  }

  left(tenant: string): void {
    if (this.feeds.get(tenant)?.watched === 0) this.alone.set(tenant, this.now());
    this.sweep();
  }

  tell(tenant: string, event: ResourceEvent): void {
    this.feeds.get(tenant)?.add(event, this.limits.keptBytes / this.feeds.size);
  }

  /** Lets go of the feeds that nobody came back to. */
  sweep(): void {
    const before = this.now() - this.limits.keptAloneMs;
    for (const [tenant, since] of this.alone) {
      if (since >= before && this.alone.size <= this.limits.keptAlone) return;
      this.alone.delete(tenant);
      this.feeds.delete(tenant);
    }
  }
}
