import { setMaxListeners } from 'node:events';

/** Settles as `work` does, or rejects with the reason of the signal where that is aborted first. The work itself goes on, and a later rejection of it is ignored. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error); // as whoever aborts gives it
    setMaxListeners(0, signal); // all the work of a batch may end with one signal
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
