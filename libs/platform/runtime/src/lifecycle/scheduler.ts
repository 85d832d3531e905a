/** Work that comes again and again, each kind one at a time: a slow one is not joined by the next. `failed` is told of what went wrong; it comes again. */
export class Scheduler {
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(private readonly failed: (name: string, error: unknown) => void) {}

  every(intervalMs: number, name: string, work: () => Promise<void>): void {
    let running = false;
    const timer = setInterval(() => {
      if (running) return;
      running = true;
      void work()
        .catch((error: unknown) => this.failed(name, error))
        .finally(() => (running = false));
    }, intervalMs);
    this.timers.push(timer.unref());
  }

  /** Begins nothing more. */
  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }
}
