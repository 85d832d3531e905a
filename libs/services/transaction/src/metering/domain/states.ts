import { joined, type Kind, type Stretch } from './activity';
import { meanW, mostWh } from './physics';
import type { Mark } from './register-chains';

/** A change of the charging state, in order: of 2.x events, or of a 1.6 connector's status. */
export interface StatePoint {
  at: number;
  charging: boolean;
}

/** Energy that flows this long in an idle state shows that the state is out of date. */
const CHARGES_AFTER_MS = 5 * 60_000;
/** The least power of such energy: below, preconditioning and balancing continue in a suspended state. */
const CHARGES_W = 100;
/**
 * Charging begins slowly, and vehicles pause: only after this long without energy a charging state is out of date.
 */
const IDLES_AFTER_MS = 15 * 60_000;

/** The states that the station reported, corrected where its meter contradicts them. */
interface Judged {
  stretches: Stretch[];
  contradicted: boolean;
}

/**
 * Ranks states and meter. Before the first state the meter counts; then the state, whose times are exact. The meter
 * wins where readings within a state contradict it for long enough, and wholly where the states leave the energy no time.
 */
export function judgeStates(
  states: readonly StatePoint[],
  metered: readonly Stretch[],
  { startedAt, endedAt, marks }: { startedAt: number; endedAt: number; marks: readonly Mark[] },
): Judged {
  const cut = (at: number): number => Math.min(Math.max(at, startedAt), endedAt);
  const first = cut(states[0]?.at ?? endedAt);
  const stretches = [...within(metered, startedAt, first)];
  let contradicted = false;
  states.forEach(({ at, charging }, nth) => {
    const [from, to] = [cut(at), cut(states[nth + 1]?.at ?? endedAt)];
    const kind: Kind = charging ? 'charging' : 'idle';
    const against = to <= from ? [] : contradictions(kind, inside(metered, from, to), marks);
    contradicted ||= against.length > 0;
    stretches.push(...replaced({ kind, from, to }, against));
  });
  return isPossible(stretches, marks.at(-1)?.wh ?? 0)
    ? { stretches: joined(stretches), contradicted }
    : { stretches: joined(metered), contradicted: true };
}

/** Energy from no time at all shows that the states are wrong, however few registers there are. */
const LEAST_WH = 100;
function isPossible(stretches: readonly Stretch[], energyWh: number): boolean {
  const ms = stretches.reduce((sum, { kind, from, to }) => sum + (kind === 'charging' ? to - from : 0), 0);
  return energyWh < LEAST_WH || (ms > 0 && energyWh <= mostWh(ms, true));
}

function within(metered: readonly Stretch[], from: number, to: number): Stretch[] {
  return metered
    .filter((stretch) => stretch.from < to && stretch.to > from)
    .map((stretch) => ({ ...stretch, from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) }));
}

/** The stretches wholly within: a register that rose across a change of state proves nothing about either state. */
function inside(metered: readonly Stretch[], from: number, to: number): Stretch[] {
  return joined(metered.filter((stretch) => stretch.from >= from && stretch.to <= to));
}

function contradictions(reported: Kind, metered: readonly Stretch[], marks: readonly Mark[]): Stretch[] {
  return metered.filter(({ kind, from, to }) => {
    if (kind === reported) return false;
    if (kind === 'idle') return to - from >= IDLES_AFTER_MS;
    return to - from >= CHARGES_AFTER_MS && meanW(chargedAt(marks, to) - chargedAt(marks, from), to - from) >= CHARGES_W;
  });
}

function replaced(stretch: Stretch, others: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  let from = stretch.from;
  for (const other of others) {
    result.push({ ...stretch, from, to: other.from }, other);
    from = other.to;
  }
  return [...result, { ...stretch, from }];
}

/** Between two marks energy is taken to flow evenly. */
export function chargedAt(marks: readonly Mark[], at: number): number {
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
