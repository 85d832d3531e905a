/** An instant as a station wrote it, made usable: clocks say 1970 and 2106, and some write no zone. */
export interface StationTime {
  /** Epoch milliseconds; within the window around the receipt. */
  at: number;
  /** As written, when it could not be believed and the receipt's time stands in. */
  raw: string | null;
}

const DAY_MS = 86_400_000;
/** A clock this far ahead is wrong, not early: it covers a station that writes its local time as UTC. */
export const MAX_AHEAD_MS = DAY_MS;
/** How long a station may have kept a message offline. */
export const MAX_BEHIND_MS = 90 * DAY_MS;

/** A believed clock that is further ahead than any local time written as UTC could be: nothing happens after it is received. */
export const ODD_AHEAD_MS = 14 * 3_600_000;
/** Older than most outages last, and not said to be from one: who looks at the bill decides. */
export const ODD_BEHIND_MS = 7 * DAY_MS;

/** Flags of the time of a start or an end. `offline`: its station says that it kept the message for later (2.x). */
export function timeFlags(time: StationTime, receivedAt: Date, how: { offline: boolean }): string[] {
  if (time.raw !== null) return ['clock'];
  return isOdd(time, receivedAt, how) ? ['time-implausible'] : [];
}

function isOdd({ at }: StationTime, receivedAt: Date, { offline }: { offline: boolean }): boolean {
  const ahead = at - receivedAt.getTime();
  return ahead > ODD_AHEAD_MS || (!offline && ahead < -ODD_BEHIND_MS);
}

const ZONED = /(?:z|[+-]\d{2}(?::?\d{2})?)$/i;
const SHORT_OFFSET = /([+-]\d{2})(\d{2})?$/;

/** Believes a time inside the window around its receipt, and puts the receipt's time in place of any other. */
export function readTime(written: string, receivedAt: Date): StationTime {
  const at = parse(written);
  const received = receivedAt.getTime();
  const credible = Number.isFinite(at) && at <= received + MAX_AHEAD_MS && at >= received - MAX_BEHIND_MS;
  return credible ? { at, raw: null } : { at: received, raw: written };
}

/** Without a zone it is UTC, as the specification demands; `+02` and `+0200` are read as `+02:00`. */
function parse(written: string): number {
  const text = written.trim();
  if (!/t|\s/i.test(text)) return Date.parse(text);
  if (!ZONED.test(text)) return Date.parse(`${text}Z`);
  return Date.parse(text.replace(SHORT_OFFSET, (_, hours: string, minutes?: string) => `${hours}:${minutes ?? '00'}`));
}
