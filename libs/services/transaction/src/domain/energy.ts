import { plausibleWh } from './reading';

/** A register value of a transaction, in order of time. */
export interface RegisterPoint {
  at: number;
  wh: number;
  context: string;
}

/** And what was read beside it. */
export interface ReadPoint extends RegisterPoint {
  powerW: number | null;
}

export interface Energy {
  meterStartWh: number | null;
  meterStopWh: number | null;
  /** What was charged, whole Wh, never negative; null when nothing is known. */
  energyWh: number | null;
  /** The register fell during the session: what is known was added up, and a person should look (quirk 16). */
  registerReset: boolean;
}

/**
 * Energy of a transaction. `stated` are the registers a 1.6 station names at start and stop. Where it names none (always in 2.x), they are the
 * readings marked Transaction.Begin and Transaction.End, else the first and the last.
 */
export function energyOf(points: readonly RegisterPoint[], stated: { startWh: number | null; stopWh: number | null }): Energy {
  const start = plausibleWh(stated.startWh) ?? (points.find(({ context }) => context === 'Transaction.Begin') ?? points[0])?.wh ?? null;
  const stop = plausibleWh(stated.stopWh) ?? (points.findLast(({ context }) => context === 'Transaction.End') ?? points.at(-1))?.wh ?? null;
  const meterStartWh = start === null ? null : Math.round(start);
  const meterStopWh = stop === null ? null : Math.round(stop);
  if (meterStartWh === null || meterStopWh === null) return { meterStartWh, meterStopWh, energyWh: null, registerReset: false };
  const path = [meterStartWh, ...points.map(({ wh }) => wh), meterStopWh];
  const registerReset = path.some((wh, at) => at > 0 && wh < (path[at - 1] ?? 0) - ROUNDING_WH);
  const energyWh = meterStopWh >= meterStartWh ? meterStopWh - meterStartWh : Math.round(risesOf(path));
  return { meterStartWh, meterStopWh, energyWh, registerReset };
}

/** Start and stop are whole Wh while readings have fractions: that is no fall. */
const ROUNDING_WH = 1;

/** A fall adds nothing: what was charged before the meter lost its count stays counted, what it lost is not guessed. */
function risesOf(path: readonly number[]): number {
  return path.reduce((sum, wh, at) => (at === 0 ? 0 : sum + Math.max(0, wh - (path[at - 1] ?? wh))), 0);
}
