import { failure, ok, warning, type Finding } from '../finding';
import { CLOCK_ERROR_MS, CLOCK_WARNING_MS } from '../limits';

/** Compares the clock of a server or a process with ours. */
export function examineClock(check: string, what: string, aheadMs: number): Finding {
  const seconds = Math.abs(aheadMs / 1_000).toFixed(1);
  const message = `the clock of ${what} is ${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} the clock of this machine`;
  const remedy = 'synchronize the clocks of both machines (NTP, chrony); times of sessions and bills are written by them';
  if (Math.abs(aheadMs) >= CLOCK_ERROR_MS) return failure(check, message, remedy);
  if (Math.abs(aheadMs) >= CLOCK_WARNING_MS) return warning(check, message, remedy);
  return ok(check, message);
}
