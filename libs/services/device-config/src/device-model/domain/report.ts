/** Ranges of numbers of parts, both ends included, in order and apart from each other. */
export type PartRanges = readonly (readonly [number, number])[];

/** A report whose next part, or whose beginning, does not come within this time is over: its station has lost it. */
export const REPORT_TIMEOUT_MS = 600_000;
/** Gaps of one report that are told apart. A part that would make one more is counted with the variables only. */
export const MAX_RANGES = 1_000;

export const REPORT_STATES = ['requested', 'receiving', 'complete', 'incomplete', 'empty', 'refused', 'failed'] as const;
type ReportState = (typeof REPORT_STATES)[number];

export interface ReportProgress {
  requestedAt: Date | null;
  /** The answer of the station, or how the request for it ended without one; null: neither is known. */
  outcome: string | null;
  received: PartRanges;
  /** Number of the last part; null: it is not there yet. */
  lastPart: number | null;
  lastPartAt: Date | null;
  completedAt: Date | null;
}

/** The ranges with one more part. */
export function withPart(ranges: PartRanges, part: number): PartRanges {
  if (hasPart(ranges, part)) return ranges;
  const all = [...ranges, [part, part] as const].sort((one, other) => one[0] - other[0]);
  const joined: [number, number][] = [];
  for (const [from, to] of all) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined.length > MAX_RANGES ? ranges : joined;
}

export function hasPart(ranges: PartRanges, part: number): boolean {
  return ranges.some(([from, to]) => from <= part && part <= to);
}

/** Whether all parts from 0 to the last one are there. */
export function isWhole(ranges: PartRanges, lastPart: number | null): boolean {
  const [first] = ranges;
  return lastPart !== null && first !== undefined && first[0] === 0 && first[1] >= lastPart;
}

/** The parts between those that are there, and from 0 to the last one that is known of. */
export function missingParts(ranges: PartRanges, lastPart: number | null): PartRanges {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (lastPart !== null && lastPart >= next) gaps.push([next, lastPart]);
  return gaps;
}

/** How many parts are there. */
export function countParts(ranges: PartRanges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

const REFUSALS: ReadonlySet<string> = new Set(['Rejected', 'NotSupported']);

/** Where a report stands. */
export function reportState({ requestedAt, outcome, received, lastPartAt, completedAt }: ReportProgress, now: Date): ReportState {
  if (completedAt !== null) return 'complete';
  const heardAt = lastPartAt ?? requestedAt;
  const isOver = heardAt === null || now.getTime() - heardAt.getTime() > REPORT_TIMEOUT_MS;
  if (received.length > 0) return isOver ? 'incomplete' : 'receiving';
  if (outcome === 'EmptyResultSet') return 'empty';
  if (outcome !== null && REFUSALS.has(outcome)) return 'refused';
  if (outcome !== null && outcome !== 'Accepted') return 'failed';
  return isOver ? 'incomplete' : 'requested';
}
