/** The longest wait that is believed, of a day: a clock that is set wrong, or nonsense, must not silence a caller for good. */
const LONGEST_SECONDS = 86_400;

/** The seconds of a `Retry-After`, which is a number of seconds or a date (RFC 9110, 10.2.3). Null for anything else. */
export function retryAfterSecondsOf(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text), LONGEST_SECONDS);
  // Date.parse takes much that is no HTTP date: "-5" is a year to it
  const atMs = /^[A-Za-z]{3,9},? .*\d{2}:\d{2}:\d{2}/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(atMs) ? null : Math.min(Math.max(Math.ceil((atMs - nowMs) / 1_000), 0), LONGEST_SECONDS);
}
