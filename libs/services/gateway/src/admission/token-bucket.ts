export interface Rate {
  /** Tokens of a full bucket. */
  burst: number;
  /** Tokens that are added each second. */
  perSecond: number;
}

/** Limits a rate. `now` is in monotonic milliseconds. */
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

  /** Returns false, and takes nothing, when fewer tokens than the cost are left. */
  take(now: number, cost = 1): boolean {
    this.tokens = this.left(now);
    this.filledAt = now;
    if (this.tokens < cost) return false;
    this.tokens -= cost;
    return true;
  }

  /** Whether a token is left, without taking it. */
  has(now: number): boolean {
    return this.left(now) >= 1;
  }

  /** Returns the milliseconds until the cost can be taken. */
  waitMs(now: number, cost = 1): number {
    return Math.max(0, Math.ceil(((cost - this.left(now)) / this.rate.perSecond) * 1_000));
  }

  private left(now: number): number {
    return Math.min(this.rate.burst, this.tokens + ((now - this.filledAt) / 1_000) * this.rate.perSecond);
  }
}
