import { setMaxListeners } from 'node:events';

/** Resolves after `ms`, or as soon as the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal) setMaxListeners(0, signal); // all keys of a partition may wait for one signal
    signal?.addEventListener('abort', end);
  });
}
