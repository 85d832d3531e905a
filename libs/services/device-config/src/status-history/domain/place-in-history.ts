import type { HistoryEntry, HistoryReport, HistoryState } from './history-entry';

/** What a report is in the history of its place. `latest`: it holds from `at` on. `past`: something newer is known. `repeat`: what holds is confirmed. */
type Placing =
  | { kind: 'latest'; at: number }
  /** `superseded`: a newer connection has reported meanwhile, and this does not count. `until`: what is known holds again from then on. */
  | { kind: 'past'; at: number; superseded: boolean; until: number }
  | { kind: 'repeat'; confirmedAt: number };

/**
 * Where a report belongs. Within one connection the station's clock decides; a newer connection is believed whatever its clock shows, because a station may
 * restart behind its time: its report counts from its receipt then.
 */
export function placeInHistory(last: HistoryEntry | null, report: HistoryReport): Placing {
  if (last === null) return { kind: 'latest', at: report.at };
  const known = Math.max(last.at, last.confirmedAt);
  if (report.epoch < last.epoch)
    return { kind: 'past', at: report.at, superseded: report.at >= last.at, until: Math.max(report.at, last.at) };
  const at = report.at >= known || report.epoch === last.epoch ? report.at : Math.max(known, report.receivedAt);
  if (at < last.at) return { kind: 'past', at, superseded: false, until: last.at };
  if (isSameState(last, report)) return { kind: 'repeat', confirmedAt: Math.max(known, at) };
  return at < known ? { kind: 'past', at, superseded: false, until: known } : { kind: 'latest', at };
}

function isSameState(one: HistoryState, other: HistoryState): boolean {
  return (
    one.status === other.status &&
    one.errorCode === other.errorCode &&
    one.vendorErrorCode === other.vendorErrorCode &&
    one.vendorId === other.vendorId &&
    one.info === other.info
  );
}
