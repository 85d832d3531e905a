import { MOST_OPEN_CHAINS, NOISE_WH, type Mark } from './register-chains';

/** Between two readings one register steps no further than this times the largest step that is known of it. */
const LIKE_STEP = 1.5;

type Placed = Mark & { nth: number };

/**
 * The clock was set back in mid session: readings from before and after it share some minutes, and lie in turn in order
 * of time. Those from before are just what is missing between two of the others, so that no register fell; leaves them
 * out. Returns the path itself where nothing shows this.
 */
export function withoutSetBack(path: readonly Mark[]): readonly Mark[] {
  const chains = risingChains(path);
  if (chains === null) return path;
  const [main = [], ...others] = chains;
  const redundant = others.filter((chain) => (chain.at(-1)?.nth ?? 0) < path.length - 1 && fillsGap(chain, main));
  if (redundant.length === 0) return path;
  const left = new Set(redundant.flatMap((chain) => chain.map(({ nth }) => nth)));
  return path.filter((_, nth) => !left.has(nth));
}

/** Each mark goes on from the highest that is not above it. Null: nothing fell, or too much did. */
function risingChains(path: readonly Mark[]): Placed[][] | null {
  const chains: Placed[][] = [];
  for (const [nth, mark] of path.entries()) {
    const below = chains.filter((chain) => (chain.at(-1)?.wh ?? 0) <= mark.wh + NOISE_WH);
    const [highest] = below.sort((a, b) => (b.at(-1)?.wh ?? 0) - (a.at(-1)?.wh ?? 0));
    if (highest !== undefined) highest.push({ ...mark, nth });
    else if (chains.length === MOST_OPEN_CHAINS) return null;
    else chains.push([{ ...mark, nth }]);
  }
  return chains.length > 1 ? chains : null;
}

/**
 * A chain that is, by its values, the steps between two neighbours of the other one, which was read before and after
 * it.
 */
function fillsGap(chain: readonly Placed[], main: readonly Placed[]): boolean {
  const [first, last] = [chain[0], chain.at(-1)];
  if (first === undefined || last === undefined) return false;
  const at = main.findIndex(({ wh }, nth) => nth > 0 && wh >= last.wh - NOISE_WH);
  const [before, after] = [main[at - 1], main[at]];
  if (before === undefined || after === undefined) return false;
  const isLate = after.nth < first.nth && (main.at(-1)?.nth ?? 0) > last.nth;
  if (!isLate || before.wh > first.wh + NOISE_WH) return false;
  const known = Math.max(largestStep(main.slice(0, at)), largestStep(main.slice(at)), largestStep(chain));
  const mostStep = known * LIKE_STEP + NOISE_WH;
  // what can be reached from 0 in one step may be a register that has begun anew
  return first.wh > mostStep && largestStep([before, ...chain, after]) <= mostStep;
}

function largestStep(marks: readonly Mark[]): number {
  return marks.reduce((largest, { wh }, at) => Math.max(largest, wh - (marks[at - 1]?.wh ?? wh)), 0);
}
