/**
 * Runs periodic jobs. A slow run of a job delays its next run. `failed` gets the error of a run; the job runs again.
 */
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
