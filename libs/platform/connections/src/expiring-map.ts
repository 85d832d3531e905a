/** Entries that vanish a fixed time after they were last set. Swept as it grows, so that forgotten entries cost nothing for long. */
export class ExpiringMap<T> {
  readonly #entries = new Map<string, { value: T; untilMs: number }>();
  #sweepAt = 1024;

  constructor(
    private readonly ttlMs: number,
    private readonly nowMs: () => number,
  ) {}

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.untilMs > this.nowMs() ? entry.value : undefined;
  }

  set(key: string, value: T): void {
    this.#entries.set(key, { value, untilMs: this.nowMs() + this.ttlMs });
    if (this.#entries.size < this.#sweepAt) return;
    const nowMs = this.nowMs();
    for (const [old, { untilMs }] of this.#entries) if (untilMs <= nowMs) this.#entries.delete(old);
    this.#sweepAt = Math.max(1024, 2 * this.#entries.size);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  entries(): [string, T][] {
    const nowMs = this.nowMs();
    return [...this.#entries].filter(([, { untilMs }]) => untilMs > nowMs).map(([key, { value }]) => [key, value]);
  }
}
