import { RESEND_MS } from './repeated-start';
import type { Report, TransactionState } from './transaction';

/**
 * Whether a stop that equals the one that ended the transaction is a repeat of it. A clock that stands still makes the
 * stops of all sessions equal: then an open session that could be meant as well, and began only after that end, is
 * meant. `meant` null: there is none, or the clock is believed.
 */
export function isRepeatedStop({ end }: TransactionState, meant: TransactionState | null): boolean {
  return meant === null || end === null || meant.start.at < end.at;
}

/**
 * Whether an unnamed stop repeats the one that ended `ended`, with another time: the same register, reason and token so
 * soon after it. `meant`: an open session that it could end as well, which it does where that session began only then.
 */
export function isResentStop({ time, flags }: Report, ended: TransactionState, meant: TransactionState | null): boolean {
  const { end } = ended;
  if (end === null || (end.by !== 'matched' && end.by !== 'station')) return false;
  if (meant !== null && meant.start.at >= end.at) return false;
  const clockSet = flags.includes('clock') || ended.flags.includes('clock');
  return clockSet || Math.abs(time.at - end.at) <= RESEND_MS;
}
