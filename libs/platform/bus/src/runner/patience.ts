/** A key that waits for a dependency so long, while others need not, is not waiting for a dependency. */
export const PATIENCE_MS = 600_000;
/** Another key that its handler served within so long bears witness that nothing is away. */
export const WITNESS_MS = 60_000;
/** Before that it is tried apart from the batches of others: one of them may be what makes all of them wait. */
export const APART_AFTER_MS = 120_000;
/** Waiting keys that are remembered; beyond, the one that began first is forgotten, and its patience begins anew. */
export const MAX_WAITING_KEYS = 10_000;

interface Waiting {
  /** Since then there were witnesses all the time. */
  since: number;
  /** It has lost patience before: the records behind do not wait as long again. */
  gaveUpAt: number;
}

/**
 * Decides when a key has waited long enough. A dependency that is away concerns every key, so it is waited for without
 * end; one key whose records alone cannot be handled would hold up its partition for ever. Instants are milliseconds of
 * a clock that nobody sets.
 */
export class Patience {
  private readonly waiting = new Map<string, Waiting>();
  private readonly servedAt = new Map<string, number>();

  handled(handler: string, key: string, now: number): void {
    this.servedAt.set(handler, now);
    if (this.waiting.size > 0) this.waiting.delete(key);
  }

  /** True when the key has waited so long that it is to be tried by itself. */
  isSuspect(key: string, now: number): boolean {
    if (this.waiting.size === 0) return false;
    const one = this.waiting.get(key);
    return one !== undefined && (now - one.since >= APART_AFTER_MS || now - one.gaveUpAt < PATIENCE_MS);
  }

  /** The key's record failed once more for a reason that may pass. True: it has waited enough. */
  isExhausted(handler: string, key: string, now: number): boolean {
    const one = this.waiting.get(key) ?? this.remember(key, { since: now, gaveUpAt: -Infinity });
    if ((this.servedAt.get(handler) ?? -Infinity) <= now - WITNESS_MS) one.since = now;
    const lostPatience = now - one.since >= PATIENCE_MS || (one.since < now && now - one.gaveUpAt < PATIENCE_MS);
    if (lostPatience) Object.assign(one, { since: now, gaveUpAt: now });
    return lostPatience;
  }

  private remember(key: string, one: Waiting): Waiting {
    this.waiting.set(key, one);
    if (this.waiting.size > MAX_WAITING_KEYS) {
      const [oldest] = this.waiting.keys();
      if (oldest !== undefined) this.waiting.delete(oldest);
    }
    return one;
  }
}
