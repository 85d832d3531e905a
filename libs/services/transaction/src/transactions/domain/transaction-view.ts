import type { EndedTransaction, Flag, Transaction, TransactionPeriod } from '@voltbus/contracts';
import type { Energy } from '../../metering';
import { endAt, withFlags, type TransactionState } from './transaction';

/** A transaction as others see it, with what its readings come to. */
export interface Measured extends Energy {
  /** Anomalies of its readings, as flags. */
  anomalies: readonly Flag[];
  periods: readonly TransactionPeriod[];
  signedData: readonly string[];
  /** Numbers of the station's count that are missing between the start and the end. */
  missingReports: number;
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
    ...(state.reservation === undefined ? {} : { reservation: state.reservation }),
  };
}

/** The members of the API, in its order: a view read from the database has another order. */
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
    reservation,
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
    ...(reservation === undefined ? {} : { reservation }),
  };
}

/** True when two summaries of an ended transaction could lead to different bills. */
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
  byHand,
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
    byHand?.at ?? null,
    seconds('charging'),
    seconds('idle'),
  ];
}

function conclusions(state: TransactionState, measured: Measured | null): Flag[] {
  if (state.end === null) return [];
  const flags: Flag[] = [];
  if (state.end.by === 'implicit') flags.push('implicit-end');
  if (state.end.by === 'matched') flags.push('matched-stop');
  if (state.end.by === 'silent') flags.push('silent-end');
  if (state.end.at < state.start.at) flags.push('stop-before-start');
  if (!state.start.known && !state.flags.includes('orphan-stop')) flags.push('no-start');
  if (measured === null) return flags;
  if (measured.energyWh === null) flags.push('no-energy');
  flags.push(...measured.anomalies);
  if (measured.missingReports > 0) flags.push('gap');
  return flags;
}

function roundedWh(wh: number | null): number | null {
  return wh === null ? null : Math.round(wh);
}
