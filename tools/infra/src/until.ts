import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 60_000;
const PAUSE_MS = 100;

/** Reads until there is a value; throws after a minute, with what did not happen. */
export async function until<T>(what: string, read: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await pause(PAUSE_MS)) {
    const found = await read();
    if (found !== null && found !== undefined && found !== false) return found;
  }
  throw new Error(`not within a minute: ${what}`);
}
