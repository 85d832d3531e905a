import { tokenIdentity } from './authorization';
import type { Report, TransactionState } from './transaction';

/**
 * The open transaction a stop must mean whose id says nothing (errata 3.18): the only one that had begun by then, by the token the stop names if it names
 * one, with a register that is not above the stop's. Null where none or several could be meant.
 */
export function meantBy(stop: Report, open: readonly TransactionState[]): TransactionState | null {
  const [meant, another] = open.filter((state) => couldBeMeant(stop, state));
  return another === undefined ? (meant ?? null) : null;
}

function couldBeMeant({ time, idToken, meterStopWh }: Report, { start, end, token, statedStartWh }: TransactionState): boolean {
  if (end !== null || start.at > time.at) return false;
  if (idToken !== null && (token === null || tokenIdentity(token.idToken) !== tokenIdentity(idToken))) return false;
  return meterStopWh === null || statedStartWh === null || statedStartWh <= meterStopWh;
}
