import type { Flag } from '@voltbus/contracts';
import { chainsOf, riseOf, type Chain, type Mark, type Meter } from './register-chains';
import { exactWh } from './registers';
import { meanW, mostWh } from './physics';

/** The energy that the registers of a session show. */
interface RegisterPath {
  energyWh: number;
  /** Energy charged up to each instant, never falling. */
  marks: Mark[];
  flags: Flag[];
}

/**
 * What a new register at 0 has to show beside the session's pace to be a placeholder: so many times faster than
 * anything else,
 */
const FAR_FASTER = 5;
/** and more than a first reading comes to by itself. */
const LEAST_DOUBTFUL_WH = 1_000;

/**
 * Adds up what the registers of a session rose by. A fall adds nothing (quirk 16), nor does a step that is impossible
 * in its time. Where two registers were read in turn only one is counted.
 */
export function followRegisters(path: readonly Mark[], meter: Meter): RegisterPath {
  const groups = grouped(chainsOf(path, meter));
  const result: RegisterPath = { energyWh: 0, marks: [], flags: groups.flatMap(({ flags }) => flags) };
  for (const { main, shown } of groups) {
    const rise = riseOf(main);
    const first = shown.marks[0]?.wh ?? 0;
    let known = 0;
    for (const { at, wh } of shown.marks) {
      known = Math.min(rise, Math.max(known, wh - first));
      result.marks.push({ at, wh: exactWh(result.energyWh + known) });
    }
    const end = main.marks.at(-1);
    result.energyWh = exactWh(result.energyWh + rise);
    if (end !== undefined) result.marks.push({ at: end.at, wh: result.energyWh });
  }
  if (beginsWithNothing(groups)) result.flags.push('start-register-doubtful');
  return result;
}

/**
 * A first register of 0 that the meter leaves faster than it ever counts later is a placeholder. `fastestW`: what was
 * measured else.
 */
export function isPlaceholder(path: readonly Mark[], fastestW: number): boolean {
  const [first, second] = [path[0], path[1]];
  if (first?.wh !== 0 || second === undefined || second.wh < LEAST_DOUBTFUL_WH) return false;
  const later = path.slice(2).map((mark, at) => {
    const before = path[at + 1] ?? mark;
    return mark.at > before.at ? meanW(mark.wh - before.wh, mark.at - before.at) : 0;
  });
  const fastest = Math.max(fastestW, ...later, 0);
  return fastest > 0 && meanW(second.wh, Math.max(1, second.at - first.at)) > FAR_FASTER * fastest;
}

/** True for more energy than can have flowed in the time, or for only two registers, with an impossible step. */
export function isImplausible({ energyWh, flags }: Pick<RegisterPath, 'energyWh' | 'flags'>, path: readonly Mark[], meter: Meter): boolean {
  const ms = (path.at(-1)?.at ?? 0) - (path[0]?.at ?? 0);
  return energyWh > mostWh(ms, meter.timed) || (energyWh === 0 && flags.includes('register-jump') && path.length <= 2);
}

/** How far what one register rose by may be from what another did: they are not read at the same instants. */
const ALIKE_SHARE = 0.1;
const ALIKE_WH = 200;
/** A register not read at the ends rises by less; below this share it measures another energy. */
const LEAST_SHARE = 0.5;

/** Two registers tell of the same energy. */
export function riseAlike(billed: number, other: number): boolean {
  return Math.abs(billed - other) <= tolerance(billed);
}

/** A register beside the billed one shows another energy: more, or much less. */
export function contradicts(other: number, billed: number): boolean {
  return other > billed + tolerance(billed) || other < billed * LEAST_SHARE - tolerance(billed);
}

function tolerance(billed: number): number {
  return Math.max(ALIKE_WH, ALIKE_SHARE * billed);
}

interface Group {
  /** The chain that is billed. */
  main: Chain;
  /** The chain that best shows when the energy flowed. */
  shown: Chain;
  flags: Flag[];
}

/** Chains that were read in turn count the same energy, and make a group. */
function grouped(chains: readonly Chain[]): Group[] {
  const groups: Chain[][] = [];
  let last = -1;
  for (const chain of chains) {
    if (startOf(chain) < last) groups.at(-1)?.push(chain);
    else groups.push([chain]);
    last = Math.max(last, endOf(chain));
  }
  return groups.map(groupOf);
}

function groupOf(chains: readonly Chain[]): Group {
  const flags: Flag[] = chains
    .slice(0, 1)
    .flatMap(({ after }) => (after === 'fall' ? ['register-reset'] : after === 'jump' ? ['register-jump'] : []));
  const [main = { marks: [], after: 'nothing' as const }, ...others] = [...chains].sort(
    (a, b) => endOf(b) - startOf(b) - (endOf(a) - startOf(a)),
  );
  const second = others.filter(({ marks }) => marks.length > 1);
  if (second.length > 0) flags.push('mixed-registers');
  if (second.some((other) => contradicts(riseOf(other), riseOf(main)))) flags.push('energy-doubtful');
  if (others.some(({ marks }) => marks.length === 1)) flags.push('register-jump');
  const shown = [...second].sort((a, b) => b.marks.length - a.marks.length)[0];
  return { main, shown: shown !== undefined && shown.marks.length > main.marks.length ? shown : main, flags };
}

function beginsWithNothing(groups: readonly Group[]): boolean {
  const [first, second] = groups;
  return first?.main.marks.length === 1 && second?.flags[0] === 'register-jump';
}

function startOf({ marks }: Chain): number {
  return marks[0]?.nth ?? 0;
}

function endOf({ marks }: Chain): number {
  return marks.at(-1)?.nth ?? 0;
}
