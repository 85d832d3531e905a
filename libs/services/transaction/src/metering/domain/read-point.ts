import { totalsInOrder, byPreference, OUTLET, type Registers, type RegisterTotal } from './registers';

/** The values read at one instant, in order of time. */
export interface ReadPoint {
  at: number;
  context: string;
  /** At each location where it is counted; empty where no register was read. */
  registers: readonly RegisterTotal[];
  /** Imported since the interval before. */
  intervalWh: number | null;
  /** As measured, else reckoned from the currents. */
  powerW: number | null;
  /** By which quirks it was read; left out where that is not kept with it. */
  readBy?: string;
}

/** A register value of a transaction, in order of time. */
export interface RegisterPoint {
  at: number;
  wh: number;
  context: string;
  /** The number of single phases it is the sum of; left out: it is a total. */
  phases?: number;
}

/** The columns of a stored reading that concern energy. */
export interface PointRow {
  at: Date;
  context: string;
  seq_no: string | number;
  energy_wh: number | null;
  registers: Registers | null;
  interval_wh: number | null;
  power_w: number | null;
  currents: (number | null)[] | null;
  voltages: (number | null)[] | null;
  read_by: string | null;
}

/** Currents below this are noise of the meter and reactive current of filters, 0.25 A. */
const LEAST_CURRENT_A = 0.25;
/** Where no voltage was read. */
const USUAL_VOLTAGE_V = 230;
/** A location is preferred to others where its registers cover nearly all that any other's do. */
const COVERS = 0.9;

/**
 * One point, or several where the station's own count shows that the register was read several times at that instant.
 */
export function readPointsOf(row: PointRow): ReadPoint[] {
  const { context, energy_wh: wh, interval_wh: intervalWh } = row;
  const at = row.at.getTime();
  const powerW = row.power_w ?? fromCurrents(row.currents ?? [], row.voltages ?? []);
  const plain: RegisterTotal[][] = wh === null ? [] : [[{ location: OUTLET, phases: 0, wh }]];
  const steps = row.registers === null ? plain : totalsInOrder(row.registers);
  const readBy = row.read_by === null ? {} : { readBy: row.read_by };
  if (steps.length === 0) return [{ at, context, registers: [], intervalWh, powerW, ...readBy }];
  return steps.map((registers, nth) => ({ at, context, registers, intervalWh: nth === 0 ? intervalWh : null, powerW, ...readBy }));
}

function fromCurrents(currents: readonly (number | null)[], voltages: readonly (number | null)[]): number | null {
  if (currents.every((current) => current === null)) return null;
  return currents.reduce<number>((sum, current, line) => {
    if (current === null || Math.abs(current) < LEAST_CURRENT_A) return sum;
    return sum + current * (voltages[line] ?? voltages[0] ?? USUAL_VOLTAGE_V);
  }, 0);
}

/**
 * The registers of one location only: a path from one to another would be no energy. The most preferred location that
 * covers the session nearly as long as any; of readings with fewer phases than others a phase is missing.
 */
export function registerPoints(points: readonly ReadPoint[]): RegisterPoint[] {
  const location = locationOf(points);
  if (location === null) return [];
  const here = points.flatMap(({ at, context, registers }) => {
    const total = registers.find((one) => one.location === location);
    return total === undefined ? [] : [{ at, context, ...total }];
  });
  const phases = Math.max(...here.map((one) => one.phases), 0);
  return here
    .filter((one) => one.phases === 0 || one.phases === phases)
    .map(({ at, wh, context, phases: parts }) => ({ at, wh, context, ...(parts === 0 ? {} : { phases: parts }) }));
}

function locationOf(points: readonly ReadPoint[]): string | null {
  const spans = new Map<string, { first: number; last: number }>();
  for (const { at, registers } of points)
    for (const { location } of registers) spans.set(location, { first: spans.get(location)?.first ?? at, last: at });
  const longest = Math.max(...[...spans.values()].map(({ first, last }) => last - first), 0);
  const covering = [...spans].filter(([, { first, last }]) => last - first >= longest * COVERS).map(([location]) => location);
  return covering.sort(byPreference)[0] ?? null;
}
