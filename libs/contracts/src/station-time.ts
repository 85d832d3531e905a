/** Reads an instant as a station wrote it: some clocks are in 1970 or 2106, some write no zone, some write nothing. */
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

/** Characters of a time; longer ones are not looked at, and of what was written so much is kept. */
const LONGEST_TIME = 64;
/** RFC 3339, with a blank for `T`, and the zone left out or written short. Postgres has no year 0, and neither have stations. */
const TIME = /^(?!0000)(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?$/;

/** Epoch milliseconds of an instant as a station wrote it; null where it cannot be read. Without a zone it is UTC, as the specification demands. */
export function parseStationTime(written: string): number | null {
  const parts = written.length > LONGEST_TIME ? null : TIME.exec(written.trim());
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = parts;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60 || Number(offsetHours) > 23 || Number(offsetMinutes) > 59)
    return null;
  const midnight = new Date(0);
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day)); // Date.UTC takes the years 0 to 99 for 19xx
  if (midnight.getUTCMonth() !== Number(month) - 1 || midnight.getUTCDate() !== Number(day)) return null;
  // a leap second is the last of its minute: no clock here has 60
  const seconds = Number(hour) * 3_600 + Number(minute) * 60 + Math.min(Number(second), 59);
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return midnight.getTime() + seconds * 1_000 + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset;
}

/** Believes a time inside the window around its receipt, and puts the receipt's time in place of any other, or of none. */
export function readStationTime(written: string | undefined, receivedAt: Date): StationTime {
  const received = receivedAt.getTime();
  if (written === undefined) return { at: received, raw: null };
  const at = parseStationTime(written);
  const credible = at !== null && at <= received + MAX_AHEAD_MS && at >= received - MAX_BEHIND_MS;
  return credible ? { at, raw: null } : { at: received, raw: written.slice(0, LONGEST_TIME) };
}
