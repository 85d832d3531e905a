import type { EndedTransaction, TransactionPeriod } from '@voltbus/contracts';
import { withFlags, type TransactionState } from './transaction';
import type { Actor, RequestedCorrection, RequestedEnd, OperatorChange } from './operator-change';

/** A session that was never stopped is over. A later end of its station is kept, and is a second one. */
export function endByHand(state: TransactionState, asked: RequestedEnd, actor: Actor): TransactionState {
  return {
    ...state,
    end: { at: asked.endedAt, seqNo: state.start.seqNo, by: 'operator', reason: null },
    statedStopWh: asked.meterStopWh,
    flags: withFlags(state.flags, ['ended-by-hand']),
    byHand: { ...actor, action: 'end', asked, energyWh: null },
  };
}

/** An end that we had only concluded is the operator's from then on: no later word opens the session again. */
export function correctByHand(state: TransactionState, asked: RequestedCorrection, actor: Actor): TransactionState {
  const { start, end } = state;
  if (end === null) throw new Error('an active transaction is ended before it is corrected');
  return {
    ...state,
    start: asked.startedAt === undefined ? start : { ...start, at: asked.startedAt, by: 'operator' },
    end: asked.endedAt === undefined && end.by === 'station' ? end : { ...end, at: asked.endedAt ?? end.at, by: 'operator' },
    flags: withFlags(state.flags, ['corrected-by-hand']),
    byHand: {
      ...actor,
      action: 'correct',
      asked,
      energyWh: asked.energyWh === undefined ? (state.byHand?.energyWh ?? null) : asked.energyWh,
    },
  };
}

/**
 * The account with the energy that an operator said, spread over its periods as the meter spread its own. The registers
 * stay as evidence.
 */
export function withEnergyByHand(account: EndedTransaction, word: OperatorChange | undefined): EndedTransaction {
  const energyWh = word?.energyWh ?? null;
  return energyWh === null ? account : { ...account, energyWh, periods: spread(energyWh, account.periods) };
}

/** Says whose word the account is; its revision is the one that the word made, as long as no other word comes. */
export function markedByHand(account: EndedTransaction, word: OperatorChange | undefined, told: EndedTransaction | null): EndedTransaction {
  if (word === undefined) return account;
  const { action, by, at, reason } = word;
  const revision = told?.byHand?.at === at ? told.byHand.revision : account.revision;
  return { ...account, byHand: { action, by, at, reason, revision } };
}

function spread(energyWh: number, periods: readonly TransactionPeriod[]): TransactionPeriod[] {
  const weights = weightsOf(periods);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let weight = 0;
  let given = 0;
  return periods.map((period, at) => {
    weight += weights[at] ?? 0;
    const before = given;
    given = Math.round((energyWh * weight) / total);
    return { ...period, energyWh: given - before };
  });
}

/** By their energy, else by their time of charging, else all of it is the first one's. */
function weightsOf(periods: readonly TransactionPeriod[]): number[] {
  const energies = periods.map((period) => period.energyWh);
  if (energies.some((wh) => wh > 0)) return energies;
  const seconds = periods.map(({ kind, seconds }) => (kind === 'charging' ? seconds : 0));
  return seconds.some((some) => some > 0) ? seconds : periods.map((_, at) => (at === 0 ? 1 : 0));
}
