/** An event that was published so shortly before the end of a session is not waited for: the progress would have to be read for every end. */
export const SLACK_MS = 5_000;

/**
 * Knows whether this service has read the events of tenants and stations up to an instant. After an outage it has a backlog of sessions and one of
 * these events: a price by groups or terms that are still in the backlog would be wrong for good. Events that another process of this service has
 * not handled yet count as not read.
 */
export class ReadProgress {
  private readUntil = -Infinity;
  private reading: Promise<boolean> | null = null;

  constructor(
    private readonly passed: (instant: number) => Promise<boolean>,
    private readonly now: () => number,
  ) {}

  /** True when every event that was published before `publishedAt` (epoch ms) has been read. Concurrent calls share one look at the progress. */
  async readBefore(publishedAt: number): Promise<boolean> {
    if (publishedAt - SLACK_MS <= this.readUntil) return true;
    this.reading ??= this.read().finally(() => (this.reading = null));
    return this.reading;
  }

  private async read(): Promise<boolean> {
    const instant = this.now() + 1;
    if (!(await this.passed(instant))) return false;
    this.readUntil = instant;
    return true;
  }
}
