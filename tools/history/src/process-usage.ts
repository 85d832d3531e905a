import { readFileSync, readdirSync } from 'node:fs';
import type { Usage } from './history';

const KB_PER_MB = 1_024;

/** Memory and open descriptors of a process of this machine; null when it has ended. */
export function readUsage(pid: number): Usage | null {
  try {
    const rssKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    return { rssMb: Math.round(rssKb / KB_PER_MB), descriptors: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return null;
  }
}
