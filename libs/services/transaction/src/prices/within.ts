import { setTimeout as pause } from 'node:timers/promises';

/** An answer waits no longer for its cost: the station would take it for lost. */
export const COST_WITHIN_MS = 2_000;

/** Rejects when it takes longer; what is still under way is left to end by itself. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = pause(ms, undefined, { signal: done.signal, ref: false }).then(() => Promise.reject(new Error(`took longer than ${ms} ms`)));
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined); // it lost
    done.abort();
    work.catch(() => undefined); // nobody waits for it any more
  }
}
