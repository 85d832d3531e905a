import { setTimeout as pause } from 'node:timers/promises';

/** How fast stations work: each goes on at once (`rate` null), or all of them together begin so many units a second. */
interface Pace {
  stations: number;
  seconds: number;
  rate: number | null;
}

/**
 * Runs the units of one station until the time is over. A paced unit has an intended start, from which its latency counts: one
 * that begins late, because the one before it was not answered, has waited too (no coordinated omission).
 */
export async function paced(
  { stations, seconds, rate }: Pace,
  station: number,
  unit: (intended: number, nth: number) => Promise<void>,
): Promise<number> {
  const begin = performance.now();
  const everyMs = rate === null ? 0 : (stations / rate) * 1_000;
  const offsetMs = (station / stations) * everyMs;
  for (let nth = 0; ; nth++) {
    const now = performance.now();
    const intended = rate === null ? now : begin + offsetMs + nth * everyMs;
    if (Math.max(now, intended) - begin > seconds * 1_000) return nth;
    if (intended > now) await pause(intended - now);
    await unit(intended, nth);
  }
}
