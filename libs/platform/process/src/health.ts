/** What `/ready` says. A check returns the reason why not, or null. */
export interface Health {
  addCheck(name: string, check: () => string | null | Promise<string | null>): void;
  /** From now on not ready, for good (a drain has begun). */
  leave(reason: string): void;
  reasons(): Promise<string[]>;
}
