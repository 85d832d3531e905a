import type { Mark } from './register-chains';
import { meanW, whOf } from './physics';

export type Kind = 'charging' | 'idle';

export interface Stretch {
  kind: Kind;
  from: number;
  to: number;
}

export interface PowerMark {
  at: number;
  powerW: number;
}

/** Whether the meter shows charging between two instants. */
interface Metered {
  /** Energy charged up to each instant, from start to end, never falling. */
  marks: readonly Mark[];
  powers: readonly PowerMark[];
  resolutionWh: number;
}

/**
 * Below this mean power a session idles: electronics of stations draw up to 10 W behind the meter; an e-bike, the least
 * that charges, 40 W.
 */
const IDLE_POWER_W = 10;
/** A power that was read holds until the next reading, and no longer than this. */
const POWER_HOLDS_MS = 15 * 60_000;
/**
 * A register that would have stepped so often by now, at the power read or at the pace before or after, stands still.
 */
const MISSED_STEPS = 3;

/** One step of the register, with the time that it stood still before. */
interface Step {
  from: number;
  /** The reading before the one that shows the rise. */
  flatUntil: number;
  to: number;
  wh: number;
}

/** The stretches in which the meter shows that energy flowed, and those in which it did not. */
export function meteredStretches({ marks, powers, resolutionWh }: Metered): Stretch[] {
  const steps = stepsOf(marks);
  return steps.flatMap((step, at) => {
    const pace = Math.max(paceOf(steps[at - 1]), paceOf(steps[at + 1])) || ownPace(step, resolutionWh);
    return stretchesOf(step, powers, { resolutionWh, pace });
  });
}

function stepsOf(marks: readonly Mark[]): Step[] {
  const steps: Step[] = [];
  let from = 0;
  marks.forEach(({ at, wh }, nth) => {
    const [begin, before] = [marks[from], marks[nth - 1]];
    if (begin === undefined || before === undefined || (wh === begin.wh && nth < marks.length - 1)) return;
    steps.push({ from: begin.at, flatUntil: wh === begin.wh ? at : before.at, to: at, wh: wh - begin.wh });
    from = nth;
  });
  return steps;
}

function paceOf(step: Step | undefined): number {
  return step === undefined ? 0 : meanW(step.wh, Math.max(1, step.to - step.from));
}

/** Of the rise alone; the last step of the register may have been nearly over when it began. */
function ownPace({ flatUntil, to, wh }: Step, resolutionWh: number): number {
  return meanW(Math.max(0, wh - resolutionWh), Math.max(1, to - flatUntil));
}

function stretchesOf(step: Step, powers: readonly PowerMark[], { resolutionWh, pace }: { resolutionWh: number; pace: number }): Stretch[] {
  const { from, flatUntil, to, wh } = step;
  const rises = (begin: number): Kind => (meanW(wh, to - begin) >= IDLE_POWER_W && wh > 0 ? 'charging' : 'idle');
  const flat = overlaid(from, flatUntil, powers);
  const measuredWh = flat.reduce((sum, part) => sum + (part.powerW === null ? 0 : whOf(part.powerW, part.to - part.from)), 0);
  const stands = measuredWh >= MISSED_STEPS * resolutionWh;
  // without a power: a step as long as its neighbours' are is the register's, and no pause
  const isOneStep = whOf(pace, flatUntil - from) <= MISSED_STEPS * resolutionWh;
  const unmeasured: Kind = isOneStep && (wh > 0 || pace > 0) ? (wh > 0 ? rises(from) : 'charging') : 'idle';
  const still = flat.map((part): Stretch => ({ ...cut(part), kind: stands ? 'idle' : kindOf(part.powerW, unmeasured) }));
  const rising = overlaid(flatUntil, to, powers);
  const risen = rises(still.some(({ kind }) => kind === 'charging') ? from : flatUntil);
  const parts = rising.map((part): Stretch => ({ ...cut(part), kind: kindOf(part.powerW, risen) }));
  const denied = risen === 'charging' && parts.every(({ kind }) => kind === 'idle');
  return [...still, ...parts.map((part) => (denied ? { ...part, kind: risen } : part))];
}

function kindOf(powerW: number | null, otherwise: Kind): Kind {
  return powerW === null ? otherwise : powerW >= IDLE_POWER_W ? 'charging' : 'idle';
}

interface Part {
  from: number;
  to: number;
  powerW: number | null;
}

function cut({ from, to }: Part): { from: number; to: number } {
  return { from, to };
}

/** A stretch in the parts that one reading of the power holds for; null: none does. */
function overlaid(from: number, to: number, powers: readonly PowerMark[]): Part[] {
  if (to <= from) return [];
  const parts: Part[] = [];
  let at = from;
  for (let nth = lastBefore(powers, from); at < to; nth++) {
    const [power, next] = [powers[nth], powers[nth + 1]];
    const until = Math.min(to, next?.at ?? to);
    const held = power === undefined ? at : Math.min(until, power.at + POWER_HOLDS_MS);
    if (power !== undefined && held > at) parts.push({ from: at, to: held, powerW: power.powerW });
    if (until > Math.max(at, held)) parts.push({ from: Math.max(at, held), to: until, powerW: null });
    at = Math.max(at, until);
  }
  return parts;
}

/** -1: all are later. */
function lastBefore(powers: readonly PowerMark[], at: number): number {
  let [low, high] = [-1, powers.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((powers[middle]?.at ?? Infinity) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Neighbours of one kind become one; what lasts no time disappears. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches) {
    const last = result.at(-1);
    if (last !== undefined && (last.kind === stretch.kind || stretch.to <= stretch.from)) last.to = Math.max(last.to, stretch.to);
    else if (last !== undefined && last.to <= last.from) {
      result.pop();
      const before = result.at(-1);
      if (before !== undefined && before.kind === stretch.kind) before.to = stretch.to;
      else result.push({ ...stretch, from: last.from });
    } else result.push({ ...stretch });
  }
  return result;
}
