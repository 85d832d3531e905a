import { registerPoints, type ReadPoint, type RegisterPoint } from './read-point';

/** Two measurements of one energy differ by a wrong unit (a factor of 1000), not by how often they were sampled. */
const FAR_APART = 100;
/** Less is no evidence. */
const LEAST_WH = 100;
/** Power between fewer readings is anybody's guess. */
const LEAST_POWERS = 3;
const HOUR_MS = 3_600_000;

/** The session's energy as it is going to be billed, and its readings, with which it is compared. */
export interface EnergyAccount {
  startedAt: number;
  endedAt: number;
  energyWh: number | null;
  points: readonly ReadPoint[];
}

/**
 * Quirk 17: whether the energy is a hundred times less or more than what the registers of the readings, or their power
 * x time, come to: kWh that were called Wh, for one. Which of them is wrong is not known.
 */
export function isDoubtful({ energyWh, points, ...session }: EnergyAccount): boolean {
  if (energyWh === null) return false;
  const powers = points.flatMap(({ at, powerW }) => (powerW === null ? [] : [{ at, powerW }]));
  const registers = registerPoints(points);
  const accounts = [
    { wh: rise(registers), covers: covered(registers, session) },
    { wh: powers.length < LEAST_POWERS ? 0 : powerTimesTime(powers), covers: covered(powers, session) },
  ];
  return accounts.some(
    ({ wh, covers }) => wh >= LEAST_WH && (energyWh * FAR_APART <= wh || (covers && wh * FAR_APART <= energyWh)), // what was read for a while only is less
  );
}

function rise(points: readonly RegisterPoint[]): number {
  return (points.at(-1)?.wh ?? 0) - (points[0]?.wh ?? 0);
}

function powerTimesTime(powers: readonly { at: number; powerW: number }[]): number {
  return powers.reduce((wh, { at, powerW }, index) => {
    const before = powers[index - 1];
    return before === undefined ? wh : wh + (((before.powerW + powerW) / 2) * (at - before.at)) / HOUR_MS;
  }, 0);
}

/** More than half of the session lies between the first and the last. */
function covered(points: readonly { at: number }[], { startedAt, endedAt }: Pick<EnergyAccount, 'startedAt' | 'endedAt'>): boolean {
  const [first, last] = [points[0], points.at(-1)];
  return first !== undefined && last !== undefined && (last.at - first.at) * 2 > endedAt - startedAt;
}
