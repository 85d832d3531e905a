export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Settles as `work` does, if it does so within `timeoutMs`. Otherwise it resolves with what `onTimeout` returns, or rejects with what it throws; without
 * `onTimeout` it rejects with a `TimeoutError`. The work itself goes on, and a later rejection of it is ignored.
 */
export async function withTimeout<T, F = never>(work: Promise<T>, timeoutMs: number, onTimeout?: () => F): Promise<T | F> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<F>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        if (onTimeout === undefined) throw new TimeoutError(`took longer than ${timeoutMs} ms`);
        resolve(onTimeout());
      } catch (error) {
        reject(error as Error); // it is passed on as it was thrown
      }
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
