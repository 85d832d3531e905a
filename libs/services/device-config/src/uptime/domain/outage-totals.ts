import { CONDITIONS, afterPoint, concernsPort, conditionOf, type Condition, type PortState, type StatePoint } from './port-state';

/** A span of time, epoch milliseconds; the end is not in it. */
export interface Span {
  from: number;
  to: number;
}

/** Why an outage, or time, is left out. 23 CFR 680.116(b)(3) names them all; SI 2023/1168 knows the hours of access only. */
export const EXCLUSION_REASONS = [
  'utility-interruption',
  'vehicle-fault',
  'scheduled-maintenance',
  'vandalism',
  'natural-disaster',
  'outside-hours',
] as const;
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** An exclusion as it concerns one port. */
export interface PortExclusion extends Span {
  reason: ExclusionReason;
}

/** Milliseconds of each condition, and of that what is excluded. */
export interface OutageTotals {
  total: Record<Condition, number>;
  /** Within an exclusion of any reason. */
  excluded: Record<Condition, number>;
  /** Outside of the hours of access. */
  closed: Record<Condition, number>;
}

const NONE: Record<Condition, number> = { up: 0, faulted: 0, unavailable: 0, offline: 0, unknown: 0 };
export const NO_TIME: OutageTotals = { total: NONE, excluded: NONE, closed: NONE };

/** Counts one port over a span. `points`: of the station, within the span or before, in the order of time. Returns what is known at the end, too. */
export function totalsOf(
  evse: number,
  {
    state: begun,
    points,
    span,
    exclusions,
  }: { state: PortState; points: readonly StatePoint[]; span: Span; exclusions: readonly PortExclusion[] },
): { totals: OutageTotals; state: PortState } {
  const excluded = merged(exclusions);
  const closed = merged(exclusions.filter(({ reason }) => reason === 'outside-hours'));
  const totals: OutageTotals = { total: { ...NONE }, excluded: { ...NONE }, closed: { ...NONE } };
  const count = (condition: Condition, from: number, to: number): void => {
    if (to <= from) return;
    totals.total[condition] += to - from;
    totals.excluded[condition] += overlap({ from, to }, excluded);
    totals.closed[condition] += overlap({ from, to }, closed);
  };
  let state = begun;
  let since = span.from;
  for (const point of points.filter((one) => concernsPort(evse, one))) {
    if (point.at >= span.to) break;
    const at = Math.max(point.at, span.from);
    count(conditionOf(state), since, at);
    since = at;
    state = afterPoint(state, point);
  }
  count(conditionOf(state), since, span.to);
  return { totals, state };
}

export function sumOf(one: OutageTotals, other: OutageTotals): OutageTotals {
  const sum = (a: Record<Condition, number>, b: Record<Condition, number>) =>
    Object.fromEntries(CONDITIONS.map((condition) => [condition, a[condition] + b[condition]])) as Record<Condition, number>; // all of them
  return { total: sum(one.total, other.total), excluded: sum(one.excluded, other.excluded), closed: sum(one.closed, other.closed) };
}

/** The spans in their order, those that touch as one. */
function merged(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

function overlap({ from, to }: Span, spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);
}
