export interface Rate {
  /** So many at once. */
  burst: number;
  /** So many a second, for ever. */
  perSecond: number;
}

/** Counts what is taken against a rate. `now`: milliseconds, never going back. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly rate: Rate,
    now: number,
  ) {
    this.tokens = rate.burst;
    this.filledAt = now;
  }

  /** False: too many; nothing is taken then. */
  take(now: number, cost = 1): boolean {
    this.tokens = this.left(now);
    this.filledAt = now;
    if (this.tokens < cost) return false;
    this.tokens -= cost;
    return true;
  }

  /** Whether one would be left, without taking it. */
  has(now: number): boolean {
    return this.left(now) >= 1;
  }

  /** Milliseconds until so much can be taken. */
  waitMs(now: number, cost = 1): number {
    return Math.max(0, Math.ceil(((cost - this.left(now)) / this.rate.perSecond) * 1_000));
  }

  private left(now: number): number {
    return Math.min(this.rate.burst, this.tokens + ((now - this.filledAt) / 1_000) * this.rate.perSecond);
  }
}
