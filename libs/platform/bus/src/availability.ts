/** The bus counts as unavailable when something has waited so long and nothing was acknowledged meanwhile. */
export const DOWN_AFTER_MS = 20_000;

/**
 * Whether acknowledgements come. It turns false when something has waited for `downAfterMs` and nothing was acknowledged
 * meanwhile, and true again with the next acknowledgement.
 */
export class Availability {
  private readonly listeners: ((available: boolean) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private value = true;

  constructor(private readonly downAfterMs: number) {}

  get available(): boolean {
    return this.value;
  }

  listen(listener: (available: boolean) => void): void {
    this.listeners.push(listener);
  }

  /** Something waits for its acknowledgement. */
  waiting(): void {
    if (!this.value || this.timer) return;
    this.timer = setTimeout(() => this.become(false), this.downAfterMs);
    this.timer.unref();
  }

  acknowledged(stillWaiting: boolean): void {
    this.close();
    this.become(true);
    if (stillWaiting) this.waiting();
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private become(value: boolean): void {
    this.close();
    if (this.value === value) return;
    this.value = value;
    for (const listener of this.listeners) listener(value);
  }
}
