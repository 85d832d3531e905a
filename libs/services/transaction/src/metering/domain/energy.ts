import type { Flag } from '@voltbus/contracts';
import { contradicts, followRegisters, isImplausible, isPlaceholder, riseAlike } from './register-path';
import { NOISE_WH, type Mark, type Meter } from './register-chains';
import { registerPoints, type ReadPoint, type RegisterPoint } from './read-point';
import { exactWh } from './registers';
import { resolutionOf } from './resolution';
import { withoutSetBack } from './set-back';
import { plausibleWh } from './reading';

export type { ReadPoint, RegisterPoint } from './read-point';

/** A session, as far as its energy is concerned. */
interface EnergySource {
  startedAt: number;
  endedAt: number;
  /** Registers a 1.6 station names at start and stop. */
  startWh: number | null;
  stopWh: number | null;
  points: readonly ReadPoint[];
  /** The times are the station's own; else they are those of receipt, which do not show how long it charged. */
  timed: boolean;
}

export interface Energy {
  meterStartWh: number | null;
  meterStopWh: number | null;
  /** The energy charged, whole Wh, never negative; null when it is not known. */
  energyWh: number | null;
}

export interface EnergyAccount extends Energy {
  /** Energy charged up to each instant between start and end, exact, never falling. */
  marks: readonly Mark[];
  /** The steps in which the register counts. */
  resolutionWh: number;
  /** Flags of anomalies of the registers. */
  flags: readonly Flag[];
}

/** A reading is of the beginning or the end where it was taken within so long of it. */
const NEAR_MS = 30_000;
/** Clock-aligned intervals come beside sampled ones: only one of the two kinds may be added up. */
const BY_THE_CLOCK = 'Sample.Clock';

/**
 * The energy of a transaction: the rise of its register from start to stop. A 1.6 station states both; without them, as
 * in 2.x, the readings marked Transaction.Begin and Transaction.End count, else the first and the last.
 */
export function energyOf(source: EnergySource): EnergyAccount {
  const points = registerPoints(source.points);
  const ends = endsOf(points, source);
  const intervals = intervalEnergy(source, points, ends);
  if (intervals !== null) return intervals;
  const { start, stop } = ends;
  const shown = { meterStartWh: rounded(start?.wh), meterStopWh: rounded(stop?.wh) };
  const resolution = resolutionOf(
    points.map(({ wh }) => wh),
    points[0]?.phases ?? 0,
  );
  if (start === null || stop === null)
    return { ...shown, energyWh: null, marks: [], resolutionWh: resolution.wh, flags: missingEnds(source, points) };
  const meter: Meter = { resolutionWh: resolution.wh, values: resolution.values, timed: source.timed };
  const asRead = pathBetween(start, stop, points);
  const path = withoutSetBack(asRead);
  const twoRegisters = ofTwoRegisters(path);
  const followed = twoRegisters ?? followRegisters(path, meter);
  const flags = [...followed.flags, ...missingEnds(source, points)];
  if (path !== asRead) flags.push('clock-set-back');
  if (twoRegisters === null && isPlaceholder(path, fastestOf(source.points))) flags.push('start-register-doubtful');
  if (isImplausible(followed, path, meter)) flags.push('energy-implausible');
  if (stop.at < start.at || fellAtTheEnd(path)) flags.push('stop-before-start');
  return { ...shown, energyWh: Math.round(followed.energyWh), marks: followed.marks, resolutionWh: resolution.wh, flags };
}

interface End extends Mark {
  /** The station stated it beside its readings. */
  stated: boolean;
}

function endsOf(points: readonly RegisterPoint[], source: EnergySource): { start: End | null; stop: End | null } {
  const { startedAt, endedAt } = source;
  const [startWh, stopWh] = [plausibleWh(source.startWh), plausibleWh(source.stopWh)];
  const begin = points.find(({ context }) => context === 'Transaction.Begin') ?? points[0];
  const end = points.findLast(({ context }) => context === 'Transaction.End') ?? points.at(-1);
  const read = (point: RegisterPoint | undefined): End | null =>
    point === undefined ? null : { at: point.at, wh: point.wh, stated: false };
  return {
    start: startWh === null ? read(begin) : { at: startedAt, wh: startWh, stated: true },
    stop: stopWh === null ? read(end) : { at: endedAt, wh: stopWh, stated: true },
  };
}

/** The readings between the two; what is stated needs none from beyond it. */
function pathBetween(start: End, stop: End, points: readonly RegisterPoint[]): Mark[] {
  const begin = start.stated ? points.findIndex(({ at }) => at >= start.at) : points.findIndex((point) => isAt(point, start)) + 1;
  const beyond = stop.stated ? points.findIndex(({ at }) => at > stop.at) : points.findLastIndex((point) => isAt(point, stop));
  const inner = begin === -1 ? [] : points.slice(begin, beyond === -1 ? points.length : beyond);
  const marks = inner.map(({ at, wh }) => ({ at, wh }));
  return [{ at: start.at, wh: start.wh }, ...marks, { at: Math.max(stop.at, start.at), wh: stop.wh }];
}

function isAt(point: RegisterPoint, { at, wh }: Mark): boolean {
  return point.at === at && point.wh === wh;
}

/** The register of the readings would have to end with a step so many times larger than any before. */
const LAST_STEP = 10;

/**
 * Start and stop are of another register than all the readings between, the lifetime's beside the session's: they lie
 * apart and are not reached from there. Null: they are of one.
 */
function ofTwoRegisters(path: readonly Mark[]): { energyWh: number; marks: Mark[]; flags: Flag[] } | null {
  const [start, stop, inner] = [path[0], path.at(-1), path.slice(1, -1)];
  const [first, last] = [inner[0], inner.at(-1)];
  if (start === undefined || stop === undefined || first === undefined || last === undefined || inner.length < 2) return null;
  const [stated, rise] = [exactWh(stop.wh - start.wh), exactWh(last.wh - first.wh)];
  const steps = inner.slice(1).map(({ wh }, at) => wh - (inner[at]?.wh ?? wh));
  if (stated < 0 || steps.some((step) => step < -NOISE_WH)) return null;
  const above = inner.every(({ wh }) => wh > stop.wh + NOISE_WH);
  const alike = rise > 0 && riseAlike(stated, rise);
  const isFar = stop.wh - last.wh > LAST_STEP * Math.max(1, ...steps);
  const below = inner.every(({ wh }) => wh < start.wh - NOISE_WH) && (alike || isFar);
  if (!above && !below) return null;
  // two zeros state nothing
  const energyWh = stated === 0 && stop.wh === 0 ? rise : stated;
  const share = rise > 0 ? energyWh / rise : 0;
  const marks = inner.map(({ at, wh }) => ({ at, wh: Math.min(energyWh, Math.max(0, (wh - first.wh) * (alike ? 1 : share))) }));
  const flags: Flag[] = ['mixed-registers', ...(contradicts(rise, energyWh) ? (['energy-doubtful'] as const) : [])];
  return { energyWh, marks: [...marks, { at: stop.at, wh: energyWh }], flags };
}

/** The end is below the beginning, and no reading before it shows that the meter has lost its count. */
function fellAtTheEnd(path: readonly Mark[]): boolean {
  const [start, stop] = [path[0], path.at(-1)];
  if (start === undefined || stop === undefined || stop.wh >= start.wh - NOISE_WH) return false;
  return path.slice(1, -1).every(({ wh }, at) => wh >= (path[at]?.wh ?? wh) - NOISE_WH);
}

/** Which ends a station that states none has not read. */
function missingEnds({ startedAt, endedAt, startWh, stopWh }: EnergySource, points: readonly RegisterPoint[]): Flag[] {
  if (points.length === 0) return [];
  const begun = startWh !== null || points.some(({ at, context }) => context === 'Transaction.Begin' || at <= startedAt + NEAR_MS);
  const ended = stopWh !== null || points.some(({ at, context }) => context === 'Transaction.End' || at >= endedAt - NEAR_MS);
  return [...(begun ? [] : (['no-start-reading'] as const)), ...(ended ? [] : (['no-end-reading'] as const))];
}

/** The sum of interval energies; null where registers give the energy. */
function intervalEnergy(
  { points, startedAt }: EnergySource,
  registers: readonly RegisterPoint[],
  { start, stop }: { start: End | null; stop: End | null },
): EnergyAccount | null {
  const intervals = points.filter(
    ({ intervalWh, at, context }) => intervalWh !== null && at >= startedAt && context !== 'Transaction.Begin',
  );
  const sampled = intervals.filter(({ context }) => context !== BY_THE_CLOCK);
  const counted = sampled.length > 0 ? sampled : intervals;
  const stands = start === null || stop === null || (start.stated && stop.stated && start.wh === stop.wh);
  if (registers.length > 0 || counted.length === 0 || !stands) return null;
  // one instant may be sampled in two contexts
  const byInstant = new Map<number, number>();
  for (const { at, intervalWh } of counted) byInstant.set(at, Math.max(byInstant.get(at) ?? 0, intervalWh ?? 0));
  let wh = 0;
  const marks = [...byInstant].map(([at, more]) => ({ at, wh: (wh = exactWh(wh + more)) }));
  const shown = { meterStartWh: rounded(start?.wh), meterStopWh: rounded(stop?.wh) };
  return { ...shown, energyWh: Math.round(wh), marks, resolutionWh: 1, flags: ['interval-energy'] };
}

function fastestOf(points: readonly ReadPoint[]): number {
  return points.reduce((fastest, { powerW }) => Math.max(fastest, powerW ?? 0), 0);
}

function rounded(wh: number | undefined): number | null {
  return wh === undefined ? null : Math.round(wh);
}
