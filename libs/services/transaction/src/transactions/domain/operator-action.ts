import type { EndedTransaction, TransactionPeriod } from '@voltbus/contracts';
import { withFlags, type TransactionState } from './transaction';
import type { Actor, RequestedCorrection, RequestedEnd, OperatorChange } from './operator-change';

/** Ends a session that was never stopped. A later end by its station is stored as a second one. */
export function endByHand(state: TransactionState, asked: RequestedEnd, actor: Actor): TransactionState {
  return {
    ...state,
    end: { at: asked.endedAt, seqNo: state.start.seqNo, by: 'operator', reason: null },
    statedStopWh: asked.meterStopWh,
    flags: withFlags(state.flags, ['ended-by-hand']),
    byHand: { ...actor, action: 'end', asked, energyWh: null },
  };
}

/** A concluded end becomes the operator's, so that no later report opens the session again. */
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
 * The summary with the energy that an operator set, spread over its periods as the metered energy is. The registers
 * stay as evidence.
 */
export function withEnergyByHand(summary: EndedTransaction, change: OperatorChange | undefined): EndedTransaction {
  const energyWh = change?.energyWh ?? null;
  return energyWh === null ? summary : { ...summary, energyWh, periods: spread(energyWh, summary.periods) };
}

/** Adds the operator's change to the summary, with the revision that it first appeared in. */
export function markedByHand(
  summary: EndedTransaction,
  change: OperatorChange | undefined,
  published: EndedTransaction | null,
): EndedTransaction {
  if (change === undefined) return summary;
  const { action, by, at, reason } = change;
  const revision = published?.byHand?.at === at ? published.byHand.revision : summary.revision;
  return { ...summary, byHand: { action, by, at, reason, revision } };
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
