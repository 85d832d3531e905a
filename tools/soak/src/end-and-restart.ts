import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '@voltbus/stack';

const LOOK_MS = 50;

/** Ends a process or server, waits until its supervisor has noticed, and starts it again at once, or when `away` has resolved; it is started also where that rejects. */
export async function endAndRestart(
  stack: Stack,
  name: string,
  signal: NodeJS.Signals,
  away = (): Promise<void> => Promise.resolve(),
): Promise<void> {
  stack.signal(name, signal);
  while (stack.pidOf(name) !== null) await pause(LOOK_MS);
  try {
    await away();
  } finally {
    await stack.restart(name);
  }
}
