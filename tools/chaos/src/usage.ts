import { readUsage, type ProcessUsage, type Usage } from '@voltbus/history';
import type { StackFacts } from '@voltbus/stack';

/** Memory and descriptors of our own processes by name; those that are dead are left out. */
export function usageOf({ gateways, processes }: StackFacts): ReadonlyMap<string, Usage> {
  return new Map(
    [...gateways, ...processes].flatMap(({ name, pid }) => {
      const usage = pid === null ? null : readUsage(pid);
      return usage === null ? [] : [[name, usage] as const];
    }),
  );
}

/** The processes that run before and after. */
export function compared(before: ReadonlyMap<string, Usage>, after: ReadonlyMap<string, Usage>): ProcessUsage[] {
  return [...before].flatMap(([name, usage]) => {
    const now = after.get(name);
    return now === undefined ? [] : [{ name, before: usage, after: now }];
  });
}
