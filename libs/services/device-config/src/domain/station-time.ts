const DAY_MS = 86_400_000;
/** How long a station may have kept a status offline. */
export const MAX_BEHIND_MS = 90 * DAY_MS;

const ZONED = /(?:z|[+-]\d{2}(?::?\d{2})?)$/i;
const SHORT_OFFSET = /([+-]\d{2})(\d{2})?$/;

/**
 * When a status began, as far as the station can be believed: never after it was received (a clock that is ahead would hold off every later
 * status), and at its receipt where its clock says 1970. Epoch milliseconds.
 */
export function statusTime(written: string | undefined, receivedAt: Date): number {
  const received = receivedAt.getTime();
  const at = written === undefined ? received : parse(written);
  return Number.isFinite(at) && at >= received - MAX_BEHIND_MS ? Math.min(at, received) : received;
}

/** Without a zone it is UTC, as the specification demands; `+02` and `+0200` are read as `+02:00`. */
function parse(written: string): number {
  const text = written.trim();
  if (!/t|\s/i.test(text)) return Date.parse(text);
  if (!ZONED.test(text)) return Date.parse(`${text}Z`);
  return Date.parse(text.replace(SHORT_OFFSET, (_, hours: string, minutes?: string) => `${hours}:${minutes ?? '00'}`));
}
