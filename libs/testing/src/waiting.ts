/** Long enough for a busy machine, and shorter than Jest's own timeout, which cannot say what did not happen. */
const WAIT_MS = 120_000;
const LOOK_AGAIN_MS = 10;

/** Waits until the condition holds; throws `description` after `withinMs`. For what becomes true by itself and is only seen by looking. */
export async function until(description: string, condition: () => boolean | Promise<boolean>, withinMs = WAIT_MS): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${description}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Repeats the expectations until they hold; throws the last failed one after `withinMs`. */
export async function expectSoon(expectations: () => void | Promise<void>, withinMs = WAIT_MS): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await expectations();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}

/** Waits for work that should end by itself; throws `description` when it has not after `withinMs`. */
export async function within<T>(description: string, work: Promise<T>, withinMs = WAIT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${withinMs} ms: ${description}`)), withinMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A predicate for an asynchronous property that passes without work once its time is up. On a slow machine the property is tried with
 * fewer examples, instead of running into Jest's timeout and on into the next test.
 */
export function inBudget<A extends readonly unknown[]>(predicate: (...example: A) => Promise<void>, budgetMs = WAIT_MS) {
  let endsAt: number | undefined;
  return async (...example: A): Promise<void> => {
    endsAt ??= performance.now() + budgetMs;
    if (performance.now() < endsAt) await predicate(...example);
  };
}

/** A promise that a test resolves by `open`. */
export interface Gate {
  opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** The numbers from 0 to `count - 1`. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}
