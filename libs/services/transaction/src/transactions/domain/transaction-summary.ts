import type { EndedTransaction, Flag } from '@voltbus/contracts';
import { markedByHand, withEnergyByHand } from './operator-action';
import { energyOf, evidenceOf, isDoubtful, periodsOf, type ReadPoint, type SignedReading, type StatePoint } from '../../metering';
import { endAt, type TransactionState } from './transaction';
import { billsDiffer, viewOf, type Measured } from './transaction-view';

/** The stored data of a transaction beside its state: meter values, charging states, signed data. */
export interface MeterHistory {
  points: readonly ReadPoint[];
  states: readonly StatePoint[];
  signed: readonly SignedReading[];
  missingReports: number;
  /** Some value of what is measured was no number, or none that can be. */
  unreadable: boolean;
}

/** The last register may be read this long after the reported end. */
const READ_AFTER_END_MS = 60_000;

/**
 * The summary of an ended transaction. Its revision grows where it could lead to another bill than the one that was
 * published.
 */
export function summarize(state: TransactionState, history: MeterHistory, published: EndedTransaction | null): EndedTransaction {
  const summary = markedByHand(summaryOf(state, history), state.byHand, published);
  const revision = published === null ? 1 : billsDiffer(published, summary) ? published.revision + 1 : published.revision;
  return markedByHand({ ...summary, revision }, state.byHand, published);
}

/** The summary as if the transaction ended at that instant, if it has not ended: the summary so far. */
export function summaryAt(state: TransactionState, history: MeterHistory, at: number): EndedTransaction {
  const end = state.end ?? { at, seqNo: state.start.seqNo, by: 'silent', reason: null };
  return summaryOf({ ...state, end }, history);
}

function summaryOf(state: TransactionState, history: MeterHistory): EndedTransaction {
  if (state.end === null) throw new Error('an active transaction has no summary');
  const [startedAt, endedAt] = [state.start.at, endAt(state, state.end)];
  const points = until(endedAt, history.points);
  const timed = isTimed(state, endedAt - startedAt);
  const energy = energyOf({ startedAt, endedAt, startWh: state.statedStartWh, stopWh: state.statedStopWh, points, timed });
  const { meterStartWh, meterStopWh, energyWh, marks, resolutionWh } = energy;
  const powers = points.flatMap(({ at, powerW }) => (powerW === null ? [] : [{ at, powerW }]));
  const states = history.states.filter(({ at }) => at < endedAt);
  const { periods, contradicted } = periodsOf({ startedAt, endedAt, energyWh: energyWh ?? 0, marks, powers, resolutionWh, states });
  const evidence = evidenceOf(history.signed);
  const measured: Measured = {
    ...{ meterStartWh, meterStopWh, energyWh },
    anomalies: [
      ...reportedEnds(state, energy.flags),
      ...(isDoubtful({ startedAt, endedAt, energyWh, points }) ? (['energy-doubtful'] as const) : []),
      ...(isReadOtherwise(state, points) ? (['quirk-switched'] as const) : []),
      ...(contradicted ? (['state-contradicted'] as const) : []),
      ...(evidence.cut ? (['evidence-cut'] as const) : []),
      ...(history.unreadable ? (['number-out-of-range'] as const) : []),
    ],
    periods,
    signedData: evidence.signedData,
    missingReports: history.missingReports,
  };
  const idTokenGroup = state.token?.group ?? null;
  const summary = { ...viewOf(state, measured), revision: 0, periods, signedData: [...measured.signedData], idTokenGroup };
  return withEnergyByHand(summary, state.byHand);
}

/**
 * A start and a stop that lack their times and come out of one queue lie a moment apart, however long the session was.
 */
const QUEUE_MS = 5 * 60_000;

/** False: its times are those of receipt, which do not show how long it charged. */
function isTimed({ flags }: TransactionState, ms: number): boolean {
  return !flags.includes('clock') && !(flags.includes('missing-members') && ms < QUEUE_MS);
}

/** An operator has switched a quirk in mid session: energy or times of some readings do not fit those of its first message. */
function isReadOtherwise({ readBy = '' }: TransactionState, points: MeterHistory['points']): boolean {
  return points.some((point) => point.readBy !== undefined && point.readBy !== readBy);
}

/** An end that we concluded has no reading of its own, nor has a beginning that never arrived: other flags show it. */
function reportedEnds({ start, end }: TransactionState, flags: readonly Flag[]): Flag[] {
  const byStation = end?.by === 'station' || end?.by === 'matched';
  return flags.filter((flag) => (flag !== 'no-start-reading' || start.known) && (flag !== 'no-end-reading' || byStation));
}

/**
 * Stations exist that name a transaction in readings until they reboot (quirk 81): what its meter counts then is
 * another's.
 */
function until(end: number, points: MeterHistory['points']): MeterHistory['points'] {
  return points.filter(({ at, context }) => at <= end + READ_AFTER_END_MS || context === 'Transaction.End');
}
