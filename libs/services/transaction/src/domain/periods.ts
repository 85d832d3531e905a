import { MAX_PERIODS, type TransactionPeriod } from '@voltbus/contracts';
import type { RegisterPoint } from './energy';

/** A change of the charging state (2.x), in order. */
export interface StatePoint {
  at: number;
  charging: boolean;
}

export interface Course {
  startedAt: number;
  endedAt: number;
  /** What the periods' energies add up to. */
  energyWh: number;
  /** Register at the start. */
  startWh: number | null;
  points: readonly RegisterPoint[];
  /** Empty where the station tells none (1.6). */
  states: readonly StatePoint[];
}

interface Stretch {
  kind: 'charging' | 'idle';
  from: number;
  to: number;
}

/** Below this mean power a session idles: electronics and contactors draw some, no vehicle charges with it. */
export const IDLE_POWER_W = 50;

/**
 * When energy flowed and when not, from start to end without gaps, at most `MAX_PERIODS`; seconds add up to the session's, energies to
 * its energy. From the charging states where the station tells them, else from the registers.
 */
export function periodsOf(course: Course): TransactionPeriod[] {
  const stretches = course.states.length > 0 ? fromStates(course) : fromRegisters(course);
  return measure(bounded(joined(stretches)), course);
}

function fromStates({ states, startedAt, endedAt }: Course): Stretch[] {
  const cut = (at: number): number => Math.min(Math.max(at, startedAt), endedAt);
  const stretches: Stretch[] = [{ kind: 'idle', from: startedAt, to: cut(states[0]?.at ?? endedAt) }];
  states.forEach(({ at, charging }, index) => {
    const from = stretches.at(-1)?.to ?? startedAt;
    const to = Math.max(from, cut(states[index + 1]?.at ?? endedAt));
    stretches.push({ kind: charging ? 'charging' : 'idle', from: Math.max(from, cut(at)), to });
  });
  return stretches;
}

function fromRegisters(course: Course): Stretch[] {
  const { points, startedAt, endedAt, energyWh } = course;
  const inside = points.filter(({ at }) => at > startedAt && at < endedAt);
  if (inside.length === 0) return [{ kind: energyWh > 0 ? 'charging' : 'idle', from: startedAt, to: endedAt }];
  const marks = registerMarks(course);
  return marks.slice(1).map((mark, index) => {
    const before = marks[index] ?? mark;
    const hours = (mark.at - before.at) / 3_600_000;
    return { kind: mark.wh - before.wh > hours * IDLE_POWER_W ? 'charging' : 'idle', from: before.at, to: mark.at };
  });
}

/** Energy charged up to each instant: 0 at the start, `energyWh` at the end, never falling, readings in between. */
function registerMarks({ points, startWh, startedAt, endedAt, energyWh }: Course): { at: number; wh: number }[] {
  const base = startWh ?? points[0]?.wh ?? 0;
  const marks = [{ at: startedAt, wh: 0 }];
  for (const { at, wh } of points) {
    const last = marks.at(-1);
    if (last === undefined || at <= last.at || at >= endedAt) continue;
    marks.push({ at, wh: Math.min(energyWh, Math.max(last.wh, wh - base)) });
  }
  return [...marks, { at: endedAt, wh: energyWh }];
}

/** Neighbours of one kind become one; what lasts no time disappears. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches) {
    const last = result.at(-1);
    if (last !== undefined && (last.kind === stretch.kind || stretch.to <= stretch.from)) last.to = Math.max(last.to, stretch.to);
    else if (last !== undefined && last.to <= last.from) result.splice(-1, 1, { ...stretch, from: last.from });
    else result.push({ ...stretch });
  }
  return result;
}

/** Beyond the bound the shortest stretches are taken into the one before, doubling what counts as short until they fit. */
function bounded(stretches: Stretch[]): Stretch[] {
  let result = stretches;
  for (let shortMs = 1000; result.length > MAX_PERIODS; shortMs *= 2) result = joined(withoutShort(result, shortMs));
  return result;
}

function withoutShort(stretches: readonly Stretch[], shortMs: number): Stretch[] {
  let kind = stretches[0]?.kind ?? 'idle';
  return stretches.map((stretch) => {
    if (stretch.to - stretch.from >= shortMs) kind = stretch.kind;
    return { ...stretch, kind };
  });
}

function measure(stretches: readonly Stretch[], course: Course): TransactionPeriod[] {
  const marks = registerMarks(course);
  const seconds = (at: number): number => Math.floor((at - course.startedAt) / 1000);
  const energy = (at: number): number => Math.round(chargedAt(marks, at));
  return stretches.map(({ kind, from, to }, index) => ({
    kind,
    startedAt: new Date(from).toISOString(),
    seconds: seconds(to) - seconds(from),
    energyWh: (index === stretches.length - 1 ? course.energyWh : energy(to)) - (index === 0 ? 0 : energy(from)),
  }));
}

/** Between two marks energy is taken to flow evenly. */
function chargedAt(marks: readonly { at: number; wh: number }[], at: number): number {
  let low = 0;
  let high = marks.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.at ?? 0) <= at) low = middle;
    else high = middle;
  }
  const before = marks[low];
  const after = marks[high];
  if (before === undefined || after === undefined || after.at === before.at) return after?.wh ?? 0;
  const share = Math.min(1, Math.max(0, (at - before.at) / (after.at - before.at)));
  return before.wh + (after.wh - before.wh) * share;
}
