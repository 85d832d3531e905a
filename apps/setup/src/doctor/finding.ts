/** `error`: something does not work, or soon will not. `warning`: it works, and should be looked at. `skipped`: it could not be examined. */
export type Severity = 'ok' | 'skipped' | 'warning' | 'error';

/** What an examination has found, and what to do about it. */
export interface Finding {
  /** The name of the check, the same for each run: `kafka.lag`. */
  check: string;
  severity: Severity;
  /** One sentence. It has no secrets. */
  message: string;
  /** What to do; empty where nothing is to be done. */
  remedy: string;
}

export const ok = (check: string, message: string): Finding => ({ check, severity: 'ok', message, remedy: '' });
export const skipped = (check: string, message: string, remedy: string): Finding => ({ check, severity: 'skipped', message, remedy });
export const warning = (check: string, message: string, remedy: string): Finding => ({ check, severity: 'warning', message, remedy });
export const failure = (check: string, message: string, remedy: string): Finding => ({ check, severity: 'error', message, remedy });

/** The findings of an examination, or that it failed: one that fails keeps nothing else from being examined. */
export async function attempt(check: string, remedy: string, examine: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await examine();
  } catch (error) {
    return [failure(check, `cannot be examined: ${reasonOf(error)}`, remedy)];
  }
}

/** Why something failed: the innermost cause, for `fetch` says no more than that it failed. */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { cause, message } = error as { cause?: unknown; message?: unknown };
  return cause === undefined ? String(message) : reasonOf(cause);
}
