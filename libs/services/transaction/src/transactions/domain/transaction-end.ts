/** The report that stated a fact: of two such reports the same one counts in whatever order they arrive. */
export interface Stated {
  seqNo: number;
  at: number;
}

/** The source of an end, the weakest first. */
type EndedBy = 'silent' | 'implicit' | 'matched' | 'station' | 'operator';

/** A stronger source replaces a weaker one; of two equally strong the first received stands. */
const END_STRENGTH: Readonly<Record<EndedBy, number>> = { silent: 0, implicit: 0, matched: 1, station: 2, operator: 3 };

export interface TransactionEnd extends Stated {
  /**
   * `matched` (an end that did not name it), `implicit` (a later start at its EVSE) and `silent` are our conclusions:
   * the station's own end replaces them.
   */
  by: EndedBy;
  reason: string | null;
  /** It was over by this instant: activity from before it moves a concluded end, and does not undo it. */
  before?: number;
  /** The register that the end itself brought, Wh: distinguishes a repeated end from one that differs. */
  registerWh?: number | null;
}

/** Reported by the station or an operator, and not concluded by us. */
export function isStated({ by }: TransactionEnd): boolean {
  return END_STRENGTH[by] >= END_STRENGTH.station;
}

/** The stronger of a known end and a new one; of two equally strong the one received first. */
export function endOf(known: TransactionEnd | null, reported: TransactionEnd): TransactionEnd {
  return known === null || END_STRENGTH[reported.by] > END_STRENGTH[known.by] ? reported : known;
}

/** Later activity moves a concluded end as far as its bound, or shows that the transaction had not ended. */
export function endAfterActivity(end: TransactionEnd | null, at: number): TransactionEnd | null {
  if (end === null || (end.by !== 'silent' && end.by !== 'implicit') || at <= end.at) return end;
  if (end.before !== undefined && at <= end.before) return { ...end, at };
  if (end.by === 'silent') return null;
  return { ...end, at: Math.max(end.at, end.before ?? end.at) };
}
