import { MAX_PERIODS, type TransactionPeriod } from '@voltbus/contracts';
import { joined, meteredStretches, type PowerMark, type Stretch } from './activity';
import type { Mark } from './register-chains';
import { chargedAt, judgeStates, type StatePoint } from './states';

export interface PeriodSource {
  startedAt: number;
  endedAt: number;
  /** The sum of the periods' energies. */
  energyWh: number;
  /** Energy charged up to each reading, never falling. */
  marks: readonly Mark[];
  powers: readonly PowerMark[];
  /** The steps in which the register counts. */
  resolutionWh: number;
  /** Empty where the station reports none. */
  states: readonly StatePoint[];
}

interface Periods {
  /** From start to end without gaps, at most `MAX_PERIODS`. */
  periods: TransactionPeriod[];
  /** The station reported a state that its meter contradicts. */
  contradicted: boolean;
}

/**
 * When energy flowed and when not. Seconds add up to the session's, energies to its energy; where periods are put
 * together for their bound the seconds and the energy of either kind stay what they were.
 */
export function periodsOf(course: PeriodSource): Periods {
  const marks = marksOf(course);
  const metered = fromMeter(course, marks);
  const { stretches, contradicted } =
    course.states.length > 0
      ? judgeStates(course.states, metered, { startedAt: course.startedAt, endedAt: course.endedAt, marks })
      : { stretches: joined(metered), contradicted: false };
  return { periods: bounded(measure(stretches, course, marks)), contradicted };
}

/** Energy charged up to each instant: 0 at the start, `energyWh` at the end, never falling, readings in between. */
function marksOf({ marks, startedAt, endedAt, energyWh }: PeriodSource): Mark[] {
  const result: Mark[] = [{ at: startedAt, wh: 0 }];
  for (const { at, wh } of marks) {
    const last = result.at(-1);
    if (last === undefined || at >= endedAt) continue;
    const known = { at, wh: Math.min(energyWh, Math.max(last.wh, wh)) };
    if (at > last.at) result.push(known);
    else if (result.length > 1) result.splice(-1, 1, { ...known, at: last.at });
  }
  return [...result, { at: endedAt, wh: energyWh }];
}

function fromMeter(course: PeriodSource, marks: readonly Mark[]): Stretch[] {
  const { startedAt, endedAt, resolutionWh } = course;
  const powers = course.powers.filter(({ at }) => at < endedAt);
  const stretches = meteredStretches({ marks, powers, resolutionWh });
  return stretches.length > 0 ? stretches : [{ kind: course.energyWh > 0 ? 'charging' : 'idle', from: startedAt, to: endedAt }];
}

/**
 * Whole seconds and watt-hours. Those of each kind are counted exactly: what is rounded off one stretch is in the next
 * of its kind.
 */
function measure(
  stretches: readonly Stretch[],
  { startedAt, endedAt, energyWh }: PeriodSource,
  marks: readonly Mark[],
): TransactionPeriod[] {
  const ms = { charging: 0, idle: 0 };
  const energy = (at: number): number => Math.round(chargedAt(marks, at));
  const periods = stretches.map(({ kind, from, to }, index) => {
    const before = Math.floor(ms[kind] / 1000);
    ms[kind] += to - from;
    const last = index === stretches.length - 1;
    return {
      kind,
      startedAt: new Date(from).toISOString(),
      seconds: Math.floor(ms[kind] / 1000) - before,
      energyWh: (last ? energyWh : energy(to)) - (index === 0 ? 0 : energy(from)),
    };
  });
  const left = Math.floor((endedAt - startedAt) / 1000) - periods.reduce((sum, { seconds }) => sum + seconds, 0);
  return periods.map((period, index) => (index === periods.length - 1 ? { ...period, seconds: period.seconds + left } : period));
}

/**
 * Beyond the bound as many neighbouring pairs are put together as it takes: each becomes one stretch of either kind.
 */
function bounded(periods: TransactionPeriod[]): TransactionPeriod[] {
  if (periods.length <= MAX_PERIODS) return periods;
  const pairs = Math.ceil(periods.length / MAX_PERIODS) * 2;
  const result: TransactionPeriod[] = [];
  for (let from = 0; from < periods.length; from += pairs) result.push(...together(periods.slice(from, from + pairs)));
  return result;
}

function together(periods: readonly TransactionPeriod[]): TransactionPeriod[] {
  const [first, second] = periods;
  if (first === undefined || second === undefined) return [...periods];
  const one = sum(periods.filter(({ kind }) => kind === first.kind));
  const other = sum(periods.filter(({ kind }) => kind === second.kind));
  const turn = new Date(Date.parse(first.startedAt) + one.seconds * 1000).toISOString();
  return [
    { ...first, ...one },
    { ...second, ...other, startedAt: turn },
  ];
}

function sum(periods: readonly TransactionPeriod[]): Pick<TransactionPeriod, 'seconds' | 'energyWh'> {
  return {
    seconds: periods.reduce((total, { seconds }) => total + seconds, 0),
    energyWh: periods.reduce((total, { energyWh }) => total + energyWh, 0),
  };
}
