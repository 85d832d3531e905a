/** While a dependency is away there is one line in so long. */
export const REPEAT_MS = 60_000;
/** Nothing failed for so long, and the dependency answers: it is back. */
export const QUIET_MS = 10_000;
const LOOK_MS = 1_000;

/** As pino writes: fields, then the message. */
type Write = (level: 'info' | 'warn', fields: object, message: string) => void;

interface Trouble {
  since: number;
  failedAt: number;
  saidAt: number;
  failures: number;
  last: object;
  write: Write;
}

interface TroubleLogOptions {
  /** Which dependency was away when this failed; null: it failed for another reason. */
  dependencyOf: (error: unknown) => string | null;
  now?: () => number;
  /** Whether the dependency is known to be away still. */
  stillAway?: (dependency: string) => Promise<boolean>;
}

/**
 * Failures that come again and again because a dependency is away: one line when it begins, one a minute, one at its end, however much fails meanwhile. Only
 * warnings are held back: what is tried again. An error is something that is lost, or a defect, and is written each time.
 */
export class TroubleLog {
  private readonly troubles = new Map<string, Trouble>();
  private readonly dependencyOf: (error: unknown) => string | null;
  private readonly now: () => number;
  private readonly stillAway: (dependency: string) => Promise<boolean>;
  private timer: NodeJS.Timeout | undefined;
  private saying = false;

  constructor({ dependencyOf, now = () => performance.now(), stillAway = () => Promise.resolve(false) }: TroubleLogOptions) {
    this.dependencyOf = dependencyOf;
    this.now = now;
    this.stillAway = stillAway;
  }

  /** True: the warning is held back; it was counted. */
  holds(fields: unknown, write: Write): boolean {
    const error = errorIn(fields);
    const dependency = error === undefined || this.saying ? null : this.dependencyOf(error);
    if (dependency === null) return false;
    const now = this.now();
    const known = this.troubles.get(dependency);
    if (known !== undefined) {
      Object.assign(known, { failedAt: now, failures: known.failures + 1, last: fields as object }); // an error was found in it
      return true;
    }
    this.troubles.set(dependency, { since: now, failedAt: now, saidAt: now, failures: 1, last: {}, write });
    this.timer ??= setInterval(() => void this.look(), LOOK_MS).unref();
    return false;
  }

  /** Logs the troubles that go on and those that have ended. */
  async look(): Promise<void> {
    for (const [dependency, trouble] of this.troubles) {
      const now = this.now();
      if (now - trouble.failedAt >= QUIET_MS && !(await this.stillAway(dependency))) this.end(dependency, trouble);
      else if (now - trouble.saidAt >= REPEAT_MS) this.goesOn(dependency, trouble);
    }
  }

  private goesOn(dependency: string, trouble: Trouble): void {
    trouble.saidAt = this.now();
    this.saying = true; // our own line quotes the error, and is not to be held back for it
    try {
      trouble.write('warn', { ...trouble.last, ...this.factsOf(dependency, trouble) }, `the ${dependency} is still away`);
    } finally {
      this.saying = false;
    }
  }

  private end(dependency: string, trouble: Trouble): void {
    if (this.now() - trouble.failedAt < QUIET_MS) return; // it failed while the dependency was asked
    this.troubles.delete(dependency);
    if (this.troubles.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    trouble.write('info', this.factsOf(dependency, trouble), `the ${dependency} is back`);
  }

  private factsOf(dependency: string, { since, failures }: Trouble): object {
    return { dependency, failures, seconds: Math.round((this.now() - since) / 1_000) };
  }
}

/** pino takes an error as such, or under a name. */
function errorIn(fields: unknown): unknown {
  if (fields instanceof Error) return fields;
  const { err, error } = (fields ?? {}) as { err?: unknown; error?: unknown };
  return err ?? error;
}
