import type { WorkResult } from '../kind';

const HOUR_MS = 3_600_000;

/** So many hours from then. */
export function inHours(from: Date, hours: number): Date {
  return new Date(from.getTime() + hours * HOUR_MS);
}

/** What came of works that their block keeps by id. One that there is not any more has failed: something else took its place, and what came of it is not known. */
export function withResults<T extends { id: string }>(
  works: readonly string[],
  kept: readonly T[],
  judge: (one: T) => Omit<WorkResult, 'work'> | null,
): WorkResult[] {
  const byId = new Map(kept.map((one) => [one.id, one]));
  return works.flatMap((work): WorkResult[] => {
    const one = byId.get(work);
    const result = one === undefined ? ({ outcome: 'failed', reason: 'lost' } as const) : judge(one);
    return result === null ? [] : [{ work, ...result }];
  });
}
