/** So many at once, so many a second for ever. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
    now: number,
  ) {
    this.tokens = burst;
    this.filledAt = now;
  }

  /** False: too many. `now`: milliseconds, never going back. */
  take(now: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) / 1_000) * this.perSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Whether one would be left, without taking it. */
  has(now: number): boolean {
    return this.tokens + ((now - this.filledAt) / 1_000) * this.perSecond >= 1;
  }
}
