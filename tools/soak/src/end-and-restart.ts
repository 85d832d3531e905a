import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '@voltbus/stack';

const LOOK_MS = 50;

/** Ends a process or server, waits until its supervisor has noticed, and starts it again at once, or after a while. */
export async function endAndRestart(stack: Stack, name: string, signal: NodeJS.Signals, awayMs = 0): Promise<void> {
  stack.signal(name, signal);
  while (stack.pidOf(name) !== null) await pause(LOOK_MS);
  await pause(awayMs);
  await stack.restart(name);
}
