import { exactWh } from './registers';
import { mostWh } from './physics';

export interface Mark {
  at: number;
  wh: number;
}

/** Registers that follow from each other: never falling, never faster than physics allows. */
export interface Chain {
  marks: (Mark & { nth: number })[];
  /** Why it does not go on from the chain before. */
  after: 'nothing' | 'fall' | 'jump';
}

/** Rounding, filtering and two meters of one circuit make a register dip by so much: no meter has lost its count. */
export const NOISE_WH = 20;
/** Two registers count the same energy where one has stepped by so much of what the other has, */
const SAME_SHARE = 0.1;
/** or by so little else. */
const SAME_WH = 100;
/** A register goes on from an older value rather than from the last one where that is so many times nearer. */
const MUCH_NEARER = 10;
const NEARER = 3;
/**
 * Chains that a register is looked for in, the latest: no meter has so many, and one that resets all the time must not
 * cost the more.
 */
export const MOST_OPEN_CHAINS = 8;
/** This many values show that a register flickers by a step of its resolution, and did not lose its count. */
const VALUES_OF_FLICKER = 5;

export interface Meter {
  resolutionWh: number;
  /** The number of values that it was inferred from. */
  values: number;
  /** False where times are those of receipt. */
  timed: boolean;
}

/**
 * Sorts the registers of one path into chains. One that fell or jumped begins another chain, unless it goes on from an
 * earlier one: then what lies between was another register's, or nonsense.
 */
export function chainsOf(path: readonly Mark[], meter: Meter): Chain[] {
  const chains: Chain[] = [];
  let current: Chain | null = null;
  path.forEach((mark, nth) => {
    const from: Chain | null = current;
    const older = from === null ? null : olderFor(mark, from, chains, meter);
    if (older !== null) current = older;
    else if (from === null || !goesOn(from, mark, meter)) {
      current = { marks: [], after: from === null ? 'nothing' : mark.wh < lastOf(from).wh ? 'fall' : 'jump' };
      chains.push(current);
    }
    current?.marks.push({ ...mark, nth });
  });
  return chains;
}

export function riseOf({ marks }: Chain): number {
  return exactWh(Math.max(0, (marks.at(-1)?.wh ?? 0) - (marks[0]?.wh ?? 0)));
}

function lastOf({ marks }: Chain): Chain['marks'][number] {
  const last = marks.at(-1);
  if (last === undefined) throw new Error('a chain has at least one mark');
  return last;
}

function goesOn(chain: Chain, mark: Mark, meter: Meter): boolean {
  const last = lastOf(chain);
  const step = mark.wh - last.wh;
  return step < 0 ? isNoise(-step, mark, meter) : step <= mostWh(mark.at - last.at, meter.timed);
}

/** A dip, and no fall. What is zero again has begun anew. */
function isNoise(dipWh: number, { wh }: Mark, { resolutionWh, values }: Meter): boolean {
  if (dipWh <= NOISE_WH) return true;
  if (wh === 0) return false;
  return dipWh < resolutionWh || (dipWh === resolutionWh && values >= VALUES_OF_FLICKER);
}

/** The chain before the current one that this mark belongs to; null: none does so better. */
function olderFor(mark: Mark, current: Chain, chains: readonly Chain[], meter: Meter): Chain | null {
  const follows = goesOn(current, mark, meter);
  const step = mark.wh - lastOf(current).wh;
  const candidates = chains.slice(-MOST_OPEN_CHAINS).filter((chain) => chain !== current && goesOn(chain, mark, meter));
  const nearest = candidates.sort((a, b) => lastOf(b).wh - lastOf(a).wh)[0];
  if (nearest === undefined) return null;
  const old = Math.max(0, mark.wh - lastOf(nearest).wh);
  const between = since(current, lastOf(nearest).nth);
  const same = Math.abs(between.wh - old) <= Math.max(SAME_WH, SAME_SHARE * Math.max(between.wh, old));
  if (between.count > 1 && !same) return null;
  if (!follows) return nearest;
  const clearlyNearer = step >= old * MUCH_NEARER || (same && between.count > 1 && step >= old * NEARER);
  return step > NOISE_WH && clearlyNearer ? nearest : null;
}

/** The rise of a chain since then. */
function since({ marks }: Chain, nth: number): { wh: number; count: number } {
  let [low, high] = [-1, marks.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.nth ?? 0) > nth) high = middle;
    else low = middle;
  }
  return { wh: (marks.at(-1)?.wh ?? 0) - (marks[high]?.wh ?? 0), count: marks.length - high };
}
