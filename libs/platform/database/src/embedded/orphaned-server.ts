import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What a server gets to stop in order, then at once. */
const FAST_MS = 10_000;
const IMMEDIATE_MS = 5_000;
const POLL_MS = 25;
/** Fields of `/proc/<pid>/stat` behind the program's name. */
const STATE = 0;

/** True while a process of that id runs; one that has ended and that nobody has waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return statOf(pid)?.[STATE] !== 'Z';
}

/** Stops the Postgres server that a killed process left running on this data, found by its `postmaster.pid`; a stale file is Postgres's own business. */
export async function stopOrphanedServer(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [first, folder] = readFileSync(file, 'utf8').split('\n');
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 0 || folder !== data || !servesFrom(data, pid)) return;
  for (const [signal, patienceMs] of [
    ['SIGINT', FAST_MS],
    ['SIGQUIT', IMMEDIATE_MS],
  ] as const) {
    if (isAlive(pid)) process.kill(pid, signal);
    for (const end = performance.now() + patienceMs; isAlive(pid) && performance.now() < end;) await pause(POLL_MS);
    if (!isAlive(pid)) return;
  }
  throw new Error(`a Postgres server (process ${pid}) was left behind on ${data} and does not stop`);
}

/** Whether the process is a server on this data. Process ids are used again: another program of that id is none (where the system can tell). */
export function servesFrom(data: string, pid: number): boolean {
  if (!isAlive(pid)) return false;
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync('/proc/self/cmdline') || (existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(data));
}

/** Null where there is no `/proc`, or no such process. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold anything
  } catch {
    return null;
  }
}
