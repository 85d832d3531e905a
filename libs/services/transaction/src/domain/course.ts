import type { EndedTransaction } from '@voltbus/contracts';
import { markedByHand, withEnergyByHand } from '../by-hand/domain/operator-action';
import { isDoubtful } from './doubtful-energy';
import { energyOf, type ReadPoint } from './energy';
import { evidenceOf, type SignedReading } from './evidence';
import { periodsOf, type StatePoint } from './periods';
import { billsDiffer, endAt, viewOf, type Measured, type TransactionState } from './transaction';

/** What was stored of a transaction's course beside its state. */
export interface Course {
  points: readonly ReadPoint[];
  states: readonly StatePoint[];
  signed: readonly SignedReading[];
  missingReports: number;
  /** Some value of what is measured was no number, or none that can be. */
  unreadable: boolean;
}

/** The last register may be read a little after the instant that the station says was the end. */
const READ_AFTER_END_MS = 60_000;

/** The account of an ended transaction, and whether it is the first, another or the same as was told before. */
export function settleAccount(state: TransactionState, course: Course, told: EndedTransaction | null): EndedTransaction {
  const account = markedByHand(accountOf(state, course), state.byHand, told);
  const revision = told === null ? 1 : billsDiffer(told, account) ? told.revision + 1 : told.revision;
  return markedByHand({ ...account, revision }, state.byHand, told);
}

/** The account as if it ended at that instant, if it has not ended: what a session comes to so far. */
export function accountAt(state: TransactionState, course: Course, at: number): EndedTransaction {
  const end = state.end ?? { at, seqNo: state.start.seqNo, by: 'silent', reason: null };
  return accountOf({ ...state, end }, course);
}

function accountOf(state: TransactionState, course: Course): EndedTransaction {
  if (state.end === null) throw new Error('an active transaction has no account');
  const [startedAt, endedAt] = [state.start.at, endAt(state, state.end)];
  const points = until(endedAt, course.points);
  const energy = energyOf(points, { startWh: state.statedStartWh, stopWh: state.statedStopWh });
  const periods = periodsOf({
    startedAt,
    endedAt,
    energyWh: energy.energyWh ?? 0,
    startWh: energy.meterStartWh,
    points,
    states: course.states,
  });
  const evidence = evidenceOf(course.signed);
  const measured: Measured = {
    ...energy,
    doubtful: isDoubtful({ startedAt, endedAt, energyWh: energy.energyWh, points }),
    periods,
    signedData: evidence.signedData,
    evidenceCut: evidence.cut,
    missingReports: course.missingReports,
    unreadable: course.unreadable,
  };
  const idTokenGroup = state.token?.group ?? null;
  const account = { ...viewOf(state, measured), revision: 0, periods, signedData: [...measured.signedData], idTokenGroup };
  return withEnergyByHand(account, state.byHand);
}

/** Stations exist that name a transaction in readings until they reboot (quirk 81): what its meter counts then is another's. */
function until(end: number, points: Course['points']): Course['points'] {
  return points.filter(({ at, context }) => at <= end + READ_AFTER_END_MS || context === 'Transaction.End');
}
