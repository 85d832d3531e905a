/** Lines of one kind that are logged in one window: enough to see what stations send wrong, too few for one of them to fill a disk. */
export const LOG_BURST = 20;
export const LOG_WINDOW_MS = 10_000;

/** Admits so many log lines in each window and counts the others. */
export class LogBudget {
  private windowStart = -Infinity;
  private admitted = 0;
  private suppressed = 0;

  /** How many lines were suppressed before this one; null when this one is, too. */
  admit(nowMs: number): number | null {
    if (nowMs - this.windowStart >= LOG_WINDOW_MS) {
      this.windowStart = nowMs;
      this.admitted = 0;
    }
    if (this.admitted >= LOG_BURST) {
      this.suppressed += 1;
      return null;
    }
    this.admitted += 1;
    const before = this.suppressed;
    this.suppressed = 0;
    return before;
  }
}
