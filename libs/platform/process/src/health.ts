/** What `/ready` says. A check returns the reason why not, or null. */
export interface Health {
  addCheck(name: string, check: () => string | null | Promise<string | null>): void;
  /** From now on not ready, for good (a drain has begun). */
  leave(reason: string): void;
  reasons(): Promise<string[]>;
}

/** A check that takes longer says so, instead of making the probe time out. */
const CHECK_MS = 1_000;

export class Checks implements Health {
  private readonly checks = new Map<string, () => string | null | Promise<string | null>>();
  private left: string | null = 'starting';

  addCheck(name: string, check: () => string | null | Promise<string | null>): void {
    this.checks.set(name, check);
  }

  /** Everything has started. */
  started(): void {
    this.left = null;
  }

  leave(reason: string): void {
    this.left = reason;
  }

  async reasons(): Promise<string[]> {
    if (this.left !== null) return [this.left];
    const answers = await Promise.all([...this.checks].map(([name, check]) => answerOf(name, check)));
    return answers.filter((reason) => reason !== null);
  }
}

async function answerOf(name: string, check: () => string | null | Promise<string | null>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('does not answer'), CHECK_MS)));
  try {
    const reason = await Promise.race([check(), late]);
    return reason === null ? null : `${name}: ${reason}`;
  } catch (error) {
    return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    clearTimeout(timer);
  }
}
