import { withTimeout } from '@voltbus/flow';

/**
 * The checks of `/ready`. A check returns the reason why not, or null; the result of an asynchronous one is cached for
 * a second.
 */
export interface Health {
  addCheck(name: string, check: () => string | null | Promise<string | null>): void;
  /** From now on not ready, for good (a drain has begun). */
  leave(reason: string): void;
  reasons(): Promise<string[]>;
}

/** A check that takes longer fails with that reason, instead of making the probe time out. */
const CHECK_MS = 1_000;
/** However many probes there are, a dependency is asked once in so long. */
export const BELIEVED_MS = 1_000;

interface Answer {
  reason: Promise<string | null>;
  at: number;
}

export class Checks implements Health {
  private readonly checks = new Map<string, () => string | null | Promise<string | null>>();
  private readonly answers = new Map<string, Answer>();
  private left: string | null = 'starting';

  constructor(private readonly now: () => number = () => performance.now()) {}

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
    const answers = await Promise.all([...this.checks].map(([name, check]) => this.reasonOf(name, check)));
    return answers.filter((reason) => reason !== null);
  }

  private async reasonOf(name: string, check: () => string | null | Promise<string | null>): Promise<string | null> {
    const known = this.answers.get(name);
    if (known !== undefined && this.now() - known.at < BELIEVED_MS) return known.reason;
    try {
      const answer = check();
      if (!(answer instanceof Promise)) return answer === null ? null : `${name}: ${answer}`;
      const reason = answerOf(name, answer);
      this.answers.set(name, { reason, at: this.now() });
      return await reason;
    } catch (error) {
      return `${name}: ${messageOf(error)}`;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function answerOf(name: string, answer: Promise<string | null>): Promise<string | null> {
  try {
    const reason = await withTimeout(answer, CHECK_MS, () => 'does not answer');
    return reason === null ? null : `${name}: ${reason}`;
  } catch (error) {
    return `${name}: ${messageOf(error)}`;
  }
}
