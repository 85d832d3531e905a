import { MAX_BEHIND_MS } from '@voltbus/contracts';
import type { TransactionIdentity } from './domain/transaction';
import type { TransactionEnd } from './domain/transaction-end';
import { identify } from './domain/transaction-identity';
import type { TransactionUnit } from './store/typeorm-transaction-unit';
import type { TransactionMessage } from './transaction-message';

/**
 * E01.FR.08 wants unique ids; some stations reuse them after a reboot. A start from after the end of the id's session
 * begins another one, and later messages of the id belong to the latest transaction that had begun.
 */
export async function whichOf(
  unit: TransactionUnit,
  { ref, report, key }: TransactionMessage,
  ocppTransactionId: string,
): Promise<TransactionIdentity & { usedAgain: boolean }> {
  const first = identify(ref, ocppTransactionId);
  const stored = await unit.load(first.id);
  const known = stored?.state ?? null;
  if (stored === null || known === null || known.end === null || report.time.at <= overBy(known.end)) return { ...first, usedAgain: false };
  // a clock that is believed shows an instant once: this was received before, and may have been read as another time by the quirks of then
  if (report.time.raw === null && (await unit.answered(first.reference, key)) !== null) return { ...first, usedAgain: false };
  const { state: latest, sealed } = (await unit.latestOf(ocppTransactionId, report.time.at)) ?? stored;
  const over = latest.end === null ? Infinity : overBy(latest.end);
  const isNew = report.kind === 'started' || (sealed && report.time.at > over + MAX_BEHIND_MS);
  const begins = isNew && latest.start.at !== report.time.at && report.time.at > over;
  if (!begins) return { ...latest, usedAgain: latest.id !== first.id };
  return { ...identify(ref, ocppTransactionId, `${ocppTransactionId}|${report.time.at}`), usedAgain: true };
}

export function usedAgain(message: TransactionMessage): TransactionMessage {
  return { ...message, report: { ...message.report, flags: [...message.report.flags, 'id-reused'] } };
}

/** By when it was over: a concluded end stands at the last activity, which may be earlier. */
function overBy({ at, before }: TransactionEnd): number {
  return before ?? at;
}
