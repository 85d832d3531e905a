import { readFileSync, readdirSync } from 'node:fs';
import type { ProcessUsage, Usage } from '@voltbus/history';
import type { StackFacts } from '@voltbus/stack';

const KB_PER_MB = 1_024;

/** Memory and descriptors of our own processes by name; those that are dead are left out. */
export function usageOf({ gateways, processes }: StackFacts): ReadonlyMap<string, Usage> {
  const running = [...gateways, ...processes].filter((one): one is typeof one & { pid: number } => one.pid !== null);
  return new Map(running.map(({ name, pid }) => [name, readUsage(pid)]));
}

/** The processes that run before and after. */
export function compared(before: ReadonlyMap<string, Usage>, after: ReadonlyMap<string, Usage>): ProcessUsage[] {
  return [...before].flatMap(([name, usage]) => {
    const now = after.get(name);
    return now === undefined ? [] : [{ name, before: usage, after: now }];
  });
}

function readUsage(pid: number): Usage {
  const rssKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  return { rssMb: Math.round(rssKb / KB_PER_MB), descriptors: readdirSync(`/proc/${pid}/fd`).length };
}
