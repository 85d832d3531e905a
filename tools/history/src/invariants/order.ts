import type { EndedTransaction } from '@voltbus/contracts';
import { eachOnce, groupedBy, type History } from '../history';

const STARTED = 'voltbus.transaction.started';
const ENDED = 'voltbus.transaction.ended';

/** Invariant 4: a station's events are in order: of a transaction the start first, then each revision of its end; of its CDRs each revision. */
export function order({ transactions, cdrs }: History): string[] {
  const ofTransaction = groupedBy(eachOnce(transactions), ({ value }) => value.id);
  const bills = groupedBy(eachOnce(cdrs), ({ value }) => value.transaction);
  return [
    ...[...ofTransaction].flatMap(([id, events]) => {
      const late = events.slice(1).some(({ type }) => type === STARTED) || events[0]?.type !== STARTED;
      const ends = events.filter(({ type }) => type === ENDED).map(({ value }) => (value as EndedTransaction).revision);
      return [...(late ? [`transaction ${id}: it does not begin with its start`] : []), ...unordered(`transaction ${id}`, ends)];
    }),
    ...[...bills].flatMap(([id, events]) =>
      unordered(
        `CDRs of transaction ${id}`,
        events.filter(({ value }) => value.kind === 'charge').map(({ value }) => value.revision),
      ),
    ),
  ];
}

function unordered(name: string, revisions: readonly number[]): string[] {
  const wrong = revisions.some((revision, index) => index > 0 && revision <= (revisions[index - 1] ?? 0));
  return wrong ? [`${name}: revisions ${revisions.join(', ')}`] : [];
}
