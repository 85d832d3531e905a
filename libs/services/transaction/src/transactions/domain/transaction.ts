import type { Flag, StationRef, StationTime } from '@voltbus/contracts';
import type { OperatorChange } from './operator-change';
import { endOf, endAfterActivity, isStated, type Stated, type TransactionEnd } from './transaction-end';

/** A station's report about a transaction, in terms that every version shares. */
export interface Report {
  kind: 'started' | 'updated' | 'ended';
  /** The station's own count within the transaction; 1.6 has none: 0 is the start, 1 the stop. */
  seqNo: number;
  time: StationTime;
  evse: number | null;
  connector: number | null;
  idToken: string | null;
  /** The token's group when it was presented. */
  tokenGroup?: string | null;
  /** The token was presented and not accepted. */
  refused?: boolean;
  /** Registers a 1.6 station states, Wh. */
  meterStartWh: number | null;
  meterStopWh: number | null;
  /** The last register among the readings that an end brings, Wh (2.x states none beside them). */
  lastReadWh?: number | null;
  stopReason: string | null;
  /** An end that names no transaction, taken for this one's. */
  matched?: boolean;
  /** By which quirks it was read (`readBy`); left out where no station wrote it. */
  readBy?: string;
  /** Flags of its anomalies. */
  flags: readonly Flag[];
}

/** Identifies a transaction; never changes. */
export interface TransactionIdentity extends StationRef {
  /** Ours, derived from tenant, station and reference. */
  id: string;
  /** Unique at its station: the OCPP transaction id, or more for an orphan without a usable id. */
  reference: string;
  ocppTransactionId: string;
}

export interface TransactionState extends TransactionIdentity {
  place: (Stated & { evse: number; connector: number | null }) | null;
  token: (Stated & { idToken: string; group?: string | null; refused?: boolean }) | null;
  /** `known`: the station reported the start itself; else it is the earliest report. */
  start: Stated & { known: boolean; by?: 'operator' };
  end: TransactionEnd | null;
  /** Registers stated by a 1.6 station, Wh. */
  statedStartWh: number | null;
  statedStopWh: number | null;
  /** Sorted. */
  flags: readonly Flag[];
  /** By which quirks its first message was read; left out where by none. */
  readBy?: string;
  /** The reservation that the station named, until its token is known, and the one that it used. */
  reservationId?: number;
  reservation?: string;
  /** An operator's change; left out when there is none. */
  byHand?: OperatorChange;
}

/**
 * Applies a report. The same reports make the same state in any order (E01, E04, E12): of two that state one fact, the
 * earlier in the station's count stands. Of two contradicting ends the first received stands: it may be billed already.
 */
export function apply(state: TransactionState | null, identity: TransactionIdentity, report: Report): TransactionState {
  const stated: Stated = { seqNo: report.seqNo, at: report.time.at };
  const before = state ?? empty(identity, stated);
  const end = report.kind === 'ended' ? endOf(before.end, endIn(report)) : endAfterActivity(before.end, stated.at);
  const counts = report.kind !== 'ended' || end !== before.end;
  const readBy = state === null ? report.readBy : state.readBy;
  return {
    ...before,
    ...(readBy === undefined || readBy === '' ? {} : { readBy }),
    start: startOf(before.start, stated, report.kind === 'started'),
    place: report.evse === null ? before.place : earliest(before.place, { ...stated, evse: report.evse, connector: report.connector }),
    token: report.idToken === null ? before.token : earliest(before.token, tokenOf(stated, report.idToken, report)),
    end,
    statedStartWh: before.statedStartWh ?? report.meterStartWh,
    statedStopWh: counts ? (report.meterStopWh ?? before.statedStopWh) : before.statedStopWh,
    flags: withFlags(withFlags(before.flags, report.flags), [...repetitions(before, report, stated), ...switched(state, report)]),
  };
}

/** An operator has switched a quirk in mid session: a start in kWh and a stop in Wh would bill a thousandfold. */
function switched(state: TransactionState | null, { readBy }: Report): Flag[] {
  return state === null || readBy === undefined || readBy === (state.readBy ?? '') ? [] : ['quirk-switched'];
}

/**
 * A later start at its EVSE shows that a transaction is over (1.6 section 4.8). It ended with its last activity, not
 * with that start, and the station's own stop replaces this end.
 */
export function endImplicitly(state: TransactionState, { lastAt, before }: { lastAt: number; before: number }): TransactionState {
  return state.end === null ? concluded(state, 'implicit', { lastAt, before }) : state;
}

/** A stale transaction ended with its last activity. `before`: its connector was free by then. */
export function endStale(state: TransactionState, { lastAt, before }: { lastAt: number; before: number | null }): TransactionState {
  return state.end === null ? concluded(state, 'silent', { lastAt, before }) : state;
}

function concluded(
  state: TransactionState,
  by: 'implicit' | 'silent',
  { lastAt, before }: { lastAt: number; before: number | null },
): TransactionState {
  const bound = before === null ? {} : { before: Math.max(before, state.start.at) };
  const at = Math.max(Math.min(lastAt, before ?? lastAt), state.start.at);
  return { ...state, end: { at, seqNo: state.start.seqNo, by, reason: null, ...bound } };
}

/** Later activity moves a concluded end as far as its bound, or shows that the transaction had not ended. */
export function continueWith(state: TransactionState, lastAt: number): TransactionState {
  return { ...state, end: endAfterActivity(state.end, lastAt) };
}

/** The end was reported by the station or an operator: another end changes nothing. */
export function isFinal({ end }: TransactionState): boolean {
  return end !== null && isStated(end);
}

/** An end with another time or number is a repeat; another register or reason contradicts the first (second-stop). */
export function endDiffers(state: TransactionState, report: Report): boolean {
  const { end } = state;
  if (end === null) return false;
  return end.reason !== report.stopReason || registersDiffer(end.registerWh ?? state.statedStopWh, registerIn(report));
}

function registersDiffer(one: number | null, other: number | null): boolean {
  return one !== null && other !== null && Math.abs(one - other) >= 1;
}

function registerIn({ meterStopWh, lastReadWh = null }: Report): number | null {
  return meterStopWh ?? lastReadWh;
}

function endIn(report: Report): TransactionEnd {
  const { seqNo, time, stopReason, matched } = report;
  const registerWh = registerIn(report);
  const brought = registerWh === null ? {} : { registerWh };
  return { seqNo, at: time.at, by: matched === true ? 'matched' : 'station', reason: stopReason, ...brought };
}

export function withFlags(flags: readonly Flag[], more: readonly Flag[]): Flag[] {
  return [...new Set([...flags, ...more])].sort();
}

/** When it ended, for computing: never before it started, whatever the clocks showed. */
export function endAt(state: TransactionState, end: { at: number }): number {
  return Math.max(end.at, state.start.at);
}

function empty(identity: TransactionIdentity, stated: Stated): TransactionState {
  const { tenant, station, id, reference, ocppTransactionId } = identity;
  const known = { tenant, station, id, reference, ocppTransactionId };
  return {
    ...known,
    place: null,
    token: null,
    start: { ...stated, known: false },
    end: null,
    statedStartWh: null,
    statedStopWh: null,
    flags: [],
  };
}

function tokenOf(
  stated: Stated,
  idToken: string,
  { tokenGroup: group = null, refused = false }: Report,
): NonNullable<TransactionState['token']> {
  return { ...stated, idToken, ...(group === null ? {} : { group }), ...(refused ? { refused } : {}) };
}

function precedes(a: Stated, b: Stated): boolean {
  return a.seqNo !== b.seqNo ? a.seqNo < b.seqNo : a.at < b.at;
}

function earliest<T extends Stated>(known: T | null, stated: T): T {
  return known === null || precedes(stated, known) ? stated : known;
}

/** The station's own Started counts; until it arrives, the earliest instant of any report stands in. */
function startOf(known: TransactionState['start'], stated: Stated, isStart: boolean): TransactionState['start'] {
  if (known.by === 'operator') return known;
  if (isStart) return !known.known || precedes(stated, known) ? { ...stated, known: true } : known;
  if (known.known) return known;
  return stated.at < known.at || (stated.at === known.at && stated.seqNo < known.seqNo) ? { ...stated, known: false } : known;
}

/** Flags of a start or an end that contradicts the first one, or an operator's. */
function repetitions({ start, end }: TransactionState, { kind }: Report, stated: Stated): Flag[] {
  if (kind === 'started' && contradicts(start, stated)) return ['second-start'];
  return kind === 'ended' && end?.by === 'operator' ? ['second-stop'] : [];
}

function contradicts(start: TransactionState['start'], stated: Stated): boolean {
  return start.known && (start.seqNo !== stated.seqNo || start.at !== stated.at);
}
