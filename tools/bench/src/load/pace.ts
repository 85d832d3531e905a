import { setTimeout as pause } from 'node:timers/promises';

/** How fast stations work: each goes on at once (`rate` null), or all of them together begin so many units a second. */
interface Pace {
  stations: number;
  seconds: number;
  rate: number | null;
}

/** One unit of a station's work, from the moment at which it was meant to begin. */
type Unit = (intended: number, nth: number) => Promise<void>;

/** Runs the units of all stations, of each station its own; returns how many there were. */
export async function allPaced(units: readonly Unit[], { seconds, rate }: Omit<Pace, 'stations'>): Promise<number> {
  const counts = await Promise.all(units.map((unit, station) => paced({ stations: units.length, seconds, rate }, station, unit)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Runs the units of one station until the time is over. A paced unit has an intended start, from which its latency counts: one
 * that begins late, because the one before it was not answered, has waited too (no coordinated omission).
 */
export async function paced({ stations, seconds, rate }: Pace, station: number, unit: Unit): Promise<number> {
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
