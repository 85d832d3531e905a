import type { EndedTransaction, StationRef, Transaction, TransactionPeriod } from '@voltbus/contracts';
import type { Energy } from './energy';
import type { StationTime } from './station-time';

/** What a station said about a transaction, in words every version shares. */
export interface Report {
  kind: 'started' | 'updated' | 'ended';
  /** The station's own count within the transaction; 1.6 has none: 0 is the start, 1 the stop. */
  seqNo: number;
  time: StationTime;
  evse: number | null;
  connector: number | null;
  idToken: string | null;
  /** The token's group, as it was judged when it was presented. */
  tokenGroup?: string | null;
  /** Registers a 1.6 station states, Wh. */
  meterStartWh: number | null;
  meterStopWh: number | null;
  stopReason: string | null;
  /** An end that names no transaction, taken for this one's. */
  matched?: boolean;
  /** What is odd about it. */
  flags: readonly string[];
}

/** Which transaction, once and for all. */
export interface TransactionIdentity extends StationRef {
  /** Ours, derived from tenant, station and reference. */
  id: string;
  /** Unique at its station: the OCPP transaction id, or more for an orphan whose id says nothing. */
  reference: string;
  ocppTransactionId: string;
}

/** Where a fact was taken from: of two reports that state it, one is believed in whatever order they arrive. */
interface Stated {
  seqNo: number;
  at: number;
}

export interface TransactionState extends TransactionIdentity {
  place: (Stated & { evse: number; connector: number | null }) | null;
  token: (Stated & { idToken: string; group?: string | null }) | null;
  /** `known`: the station reported the start itself; else it is the earliest thing heard. */
  start: Stated & { known: boolean };
  /** `matched` (an end that did not name it), `implicit` (a new start on its connector) and `silent`: concluded by us, give way to the station's own word. */
  end: (Stated & { by: 'station' | 'matched' | 'implicit' | 'silent'; reason: string | null }) | null;
  /** Registers stated by a 1.6 station, Wh. */
  statedStartWh: number | null;
  statedStopWh: number | null;
  /** Sorted. */
  flags: readonly string[];
}

/** A transaction seen from outside, with what its readings say. */
export interface Measured extends Energy {
  /** What was odd about its readings, as flags. */
  oddities: readonly string[];
  periods: readonly TransactionPeriod[];
  signedData: readonly string[];
  /** Numbers of the station's count that never came, between the start and the end. */
  missingReports: number;
}

/**
 * Takes a report in. Reports come late, twice and in any order (E01, E04, E12): whatever the order, the same reports make the same
 * state. Of two that state one fact, the earlier in the station's count counts.
 */
export function apply(state: TransactionState | null, identity: TransactionIdentity, report: Report): TransactionState {
  const said: Stated = { seqNo: report.seqNo, at: report.time.at };
  const before = state ?? empty(identity, said);
  return {
    ...before,
    start: startOf(before.start, said, report.kind === 'started'),
    place: report.evse === null ? before.place : earliest(before.place, { ...said, evse: report.evse, connector: report.connector }),
    token: report.idToken === null ? before.token : earliest(before.token, tokenOf(said, report.idToken, report.tokenGroup ?? null)),
    end:
      report.kind === 'ended'
        ? endOf(before.end, { ...said, by: report.matched === true ? 'matched' : 'station', reason: report.stopReason })
        : unlessItGoesOn(before.end, said.at),
    statedStartWh: before.statedStartWh ?? report.meterStartWh,
    statedStopWh: report.meterStopWh ?? before.statedStopWh,
    flags: withFlags(
      before.flags,
      report.kind === 'started' && contradicts(before.start, said) ? [...report.flags, 'second-start'] : report.flags,
    ),
  };
}

/** A new start on its connector shows that a transaction is over (1.6 section 4.8); the station's own stop, should it come, replaces this. */
export function endImplicitly(state: TransactionState, at: number): TransactionState {
  if (state.end !== null) return state;
  return { ...state, end: { at: Math.max(at, state.start.at), seqNo: state.start.seqNo, by: 'implicit', reason: null } };
}

/** Nothing was heard of it for long: it ended with the last thing that was. */
export function endSilently(state: TransactionState, lastAt: number): TransactionState {
  if (state.end !== null) return state;
  return { ...state, end: { at: Math.max(lastAt, state.start.at), seqNo: state.start.seqNo, by: 'silent', reason: null } };
}

/** A word from after a silent end shows that it was none: the session goes on. */
export function goesOn(state: TransactionState, lastAt: number): TransactionState {
  return { ...state, end: unlessItGoesOn(state.end, lastAt) };
}

function unlessItGoesOn(end: TransactionState['end'], at: number): TransactionState['end'] {
  return end?.by === 'silent' && at > end.at ? null : end;
}

/** The same stop again changes nothing; one that says something else is kept beside the first, which counts. */
export function stopDiffers(state: TransactionState, report: Report): boolean {
  return (
    state.end?.by === 'station' &&
    (state.end.at !== report.time.at || state.statedStopWh !== report.meterStopWh || state.end.reason !== report.stopReason)
  );
}

export function withFlags(flags: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...flags, ...more])].sort();
}

/** The transaction as the API shows it. `measured` is known once it has ended. */
export function viewOf(state: TransactionState, measured: Measured | null): Transaction {
  return {
    tenant: state.tenant,
    station: state.station,
    id: state.id,
    evse: state.place?.evse ?? null,
    connector: state.place?.connector ?? null,
    ocppTransactionId: state.ocppTransactionId,
    idToken: state.token?.idToken ?? null,
    state: state.end === null ? 'active' : 'ended',
    startedAt: new Date(state.start.at).toISOString(),
    endedAt: state.end === null ? null : new Date(endAt(state, state.end)).toISOString(),
    meterStartWh: measured?.meterStartWh ?? roundedWh(state.statedStartWh),
    meterStopWh: measured?.meterStopWh ?? null,
    energyWh: measured?.energyWh ?? null,
    stopReason: state.end?.reason ?? null,
    flags: withFlags(state.flags, conclusions(state, measured)),
  };
}

/** Only what the API shows, in the API's order: what came back from a database has an order of its own. */
export function seenFrom(transaction: Transaction): Transaction {
  const {
    tenant,
    station,
    id,
    evse,
    connector,
    ocppTransactionId,
    idToken,
    state,
    startedAt,
    endedAt,
    meterStartWh,
    meterStopWh,
    energyWh,
    stopReason,
    flags,
  } = transaction;
  return {
    tenant,
    station,
    id,
    evse,
    connector,
    ocppTransactionId,
    idToken,
    state,
    startedAt,
    endedAt,
    meterStartWh,
    meterStopWh,
    energyWh,
    stopReason,
    flags,
  };
}

/** When it ended, for reckoning: never before it started, whatever the clocks said. */
export function endAt(state: TransactionState, end: { at: number }): number {
  return Math.max(end.at, state.start.at);
}

/** True when two accounts of an ended transaction could lead to different bills. */
export function billsDiffer(a: EndedTransaction, b: EndedTransaction): boolean {
  return JSON.stringify(billed(a)) !== JSON.stringify(billed(b));
}

function billed({
  startedAt,
  endedAt,
  meterStartWh,
  meterStopWh,
  energyWh,
  idToken,
  idTokenGroup,
  evse,
  connector,
  signedData,
  periods,
}: EndedTransaction): unknown[] {
  const seconds = (kind: TransactionPeriod['kind']): number =>
    periods.reduce((sum, period) => sum + (period.kind === kind ? period.seconds : 0), 0);
  return [
    startedAt,
    endedAt,
    meterStartWh,
    meterStopWh,
    energyWh,
    idToken,
    idTokenGroup ?? null,
    evse,
    connector,
    signedData,
    seconds('charging'),
    seconds('idle'),
  ];
}

function empty(identity: TransactionIdentity, said: Stated): TransactionState {
  const { tenant, station, id, reference, ocppTransactionId } = identity;
  const known = { tenant, station, id, reference, ocppTransactionId };
  return {
    ...known,
    place: null,
    token: null,
    start: { ...said, known: false },
    end: null,
    statedStartWh: null,
    statedStopWh: null,
    flags: [],
  };
}

function tokenOf(said: Stated, idToken: string, group: string | null): NonNullable<TransactionState['token']> {
  return { ...said, idToken, ...(group === null ? {} : { group }) };
}

function precedes(a: Stated, b: Stated): boolean {
  return a.seqNo !== b.seqNo ? a.seqNo < b.seqNo : a.at < b.at;
}

function earliest<T extends Stated>(known: T | null, said: T): T {
  return known === null || precedes(said, known) ? said : known;
}

/** The station's own Started counts; until it comes, the earliest instant heard of. */
function startOf(known: TransactionState['start'], said: Stated, isStart: boolean): TransactionState['start'] {
  if (isStart) return !known.known || precedes(said, known) ? { ...said, known: true } : known;
  if (known.known) return known;
  return said.at < known.at || (said.at === known.at && said.seqNo < known.seqNo) ? { ...said, known: false } : known;
}

function contradicts(start: TransactionState['start'], said: Stated): boolean {
  return start.known && (start.seqNo !== said.seqNo || start.at !== said.at);
}

function endOf(known: TransactionState['end'], said: NonNullable<TransactionState['end']>): NonNullable<TransactionState['end']> {
  return known === null || known.by !== 'station' || precedes(said, known) ? said : known;
}

function conclusions(state: TransactionState, measured: Measured | null): string[] {
  if (state.end === null) return [];
  const flags: string[] = [];
  if (state.end.by === 'implicit') flags.push('implicit-end');
  if (state.end.by === 'matched') flags.push('matched-stop');
  if (state.end.by === 'silent') flags.push('silent-end');
  if (!state.start.known && !state.flags.includes('orphan-stop')) flags.push('no-start');
  if (measured === null) return flags;
  if (measured.energyWh === null) flags.push('no-energy');
  flags.push(...measured.oddities);
  if (measured.missingReports > 0) flags.push('gap');
  return flags;
}

function roundedWh(wh: number | null): number | null {
  return wh === null ? null : Math.round(wh);
}
