/** How often is looked, and the most that one look counts, milliseconds: a process that was busy for a second had no second to hear an answer in. */
const TICK_MS = 50;
const MOST_OF_TICK_MS = 2 * TICK_MS;

interface Waiting {
  byMs: number;
  expire(): void;
}

/**
 * A deadline for answers of others, in time in which this process was there to hear them: how late its own event loop
 * is counts for nothing. Between two looks the loop reads what has come, so that a waiting answer is read before the
 * deadline.
 */
export class AwakeDeadline {
  #awakeMs = 0;
  #lookedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  /** All wait equally long: the first is due first. */
  readonly #waiting = new Set<Waiting>();

  constructor(
    private readonly afterMs: number,
    private readonly late: (afterMs: number) => Error,
  ) {}

  async within<T>(answer: Promise<T>): Promise<T> {
    if (this.#waiting.size === 0) this.#begin();
    let expire = (): void => undefined;
    const late = new Promise<never>((_, reject) => (expire = () => reject(this.late(this.afterMs))));
    const one: Waiting = { byMs: this.#awakeMs + this.afterMs, expire };
    this.#waiting.add(one);
    try {
      return await Promise.race([answer, late]);
    } finally {
      this.#waiting.delete(one);
      if (this.#waiting.size === 0) clearInterval(this.#timer);
    }
  }

  #begin(): void {
    this.#lookedAt = performance.now();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#look(), TICK_MS);
  }

  #look(): void {
    const now = performance.now();
    this.#awakeMs += Math.min(now - this.#lookedAt, MOST_OF_TICK_MS);
    this.#lookedAt = now;
    for (const one of this.#waiting) {
      if (one.byMs > this.#awakeMs) return;
      one.expire();
    }
  }
}
