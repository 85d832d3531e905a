import { RESEND_MS } from './repeated-start';
import type { Report, TransactionState } from './transaction';

/**
 * Whether a stop in the very words of the one that ended `ended` is that one again. A clock that stands still says the same of every session: then an
 * open one that could be meant as well, and began only after that end, is. `meant` null: there is none, or the clock is believed.
 */
export function isRepeatedStop({ end }: TransactionState, meant: TransactionState | null): boolean {
  return meant === null || end === null || meant.start.at < end.at;
}

/**
 * Whether a stop that names no transaction is the one that ended `ended`, said again with another time: the same register, reason and token so
 * soon after it. `meant`: an open session that it could end as well, which it does where that began only then.
 */
export function isResentStop({ time, flags }: Report, ended: TransactionState, meant: TransactionState | null): boolean {
  const { end } = ended;
  if (end === null || (end.by !== 'matched' && end.by !== 'station')) return false;
  if (meant !== null && meant.start.at >= end.at) return false;
  const clockSet = flags.includes('clock') || ended.flags.includes('clock');
  return clockSet || Math.abs(time.at - end.at) <= RESEND_MS;
}
