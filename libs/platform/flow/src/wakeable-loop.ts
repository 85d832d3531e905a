import { AsyncLocalStorage } from 'node:async_hooks';

export interface WakeableLoopOptions {
  /** One run. A number it resolves with is the pause in milliseconds until the loop runs again by itself; otherwise it waits for `wake`. */
  run: () => Promise<number | void>;
  /** A run rejected. The loop goes on with the next `wake`, or after the pause that is returned. */
  onError?: (error: unknown) => number | void;
}

/**
 * Work that is done when there is a reason for it: one run at a time, however many reasons come, and one more run for those that came during a run.
 * What a run has not seen when it begins is therefore never missed.
 */
export class WakeableLoop {
  private running: Promise<void> | null = null;
  private again = false;
  private ended = false;
  private timer: NodeJS.Timeout | undefined;
  /** A run works for many, not for the request or message that happened to wake it. */
  private readonly detached = AsyncLocalStorage.snapshot();

  constructor(private readonly options: WakeableLoopOptions) {}

  /** True from `stop` on: a long run looks at it between its steps. */
  get stopped(): boolean {
    return this.ended;
  }

  /** Begins a run before it returns, or sees to it that another run follows the one in hand. Does nothing after `stop`. */
  wake(): void {
    if (this.ended) return;
    if (this.running !== null) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.detached(() => this.runOnce());
  }

  /** Resolves when no run is in hand and none is due for a reason that came before. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  /** Begins no further run, and resolves when the one in hand has ended. */
  async stop(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.idle();
  }

  private async runOnce(): Promise<void> {
    let pauseMs: number | void;
    try {
      pauseMs = await this.options.run();
    } catch (error) {
      pauseMs = this.options.onError?.(error);
    }
    this.running = null;
    if (this.again) {
      this.again = false;
      this.wake();
    } else if (pauseMs !== undefined && !this.ended) this.timer = setTimeout(() => this.wake(), pauseMs);
  }
}
