/** The longest that a timer can wait; it takes more for nothing. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Resolves after `ms`; rejects with the reason of `signal` as soon as that is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const end = (act: () => void) => () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const onAbort = end(() => reject(signal?.reason as Error));
    const timer = setTimeout(end(resolve), Math.min(ms, LONGEST_TIMER_MS));
    signal?.addEventListener('abort', onAbort);
  });
}

/**
 * A signal that is aborted with the caller's, or by `abort`, and whose deadline can be set anew. `close` takes its timer and its listener away.
 * AbortSignal.any and AbortSignal.timeout are younger than the browsers of some, and keep what they listen to alive.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly onAbort = () => this.controller.abort(this.outer?.reason);

  constructor(
    private readonly outer: AbortSignal | undefined,
    private readonly onTimeout: () => Error,
  ) {
    outer?.throwIfAborted();
    outer?.addEventListener('abort', this.onAbort);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Aborts in `ms` from now, instead of when it was set before. */
  set(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(this.onTimeout()), Math.min(ms, LONGEST_TIMER_MS));
  }

  /** Nothing is due for now. */
  rest(): void {
    clearTimeout(this.timer);
  }

  abort(): void {
    this.controller.abort();
  }

  close(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.onAbort);
  }
}
