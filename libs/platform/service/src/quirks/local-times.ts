/** A time as stations write it, with its parts; without a zone, or with `Z`. */
const TIME = /^\s*(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz])?\s*$/;
const LONGEST_TIME = 64;
/** The names of members that are instants. Others with a text of that form, such as data of a vendor, mean what they mean. */
const INSTANT = /^(?:timestamp|generatedAt|startSchedule|[a-z]+Time|[a-z]+DateTime)$/i;

export interface LocalTimes {
  /** Times without a zone are of this one; null: they are left alone. */
  zoneless: string | null;
  /** Times with `Z` are of this one; null: they are left alone. */
  utc: string | null;
}

/** The instant that a member means by a clock of the station's zone, as UTC; null: it is no such member, or is left alone. */
export function localInstant(name: string, written: unknown, { zoneless, utc }: LocalTimes): string | null {
  if (typeof written !== 'string' || written.length > LONGEST_TIME || !INSTANT.test(name)) return null;
  const parts = TIME.exec(written);
  if (parts === null) return null;
  const zone = parts[8] === undefined ? zoneless : utc;
  if (zone === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const at = instantOf(wall, zone);
  return at === null ? null : `${new Date(at).toISOString().slice(0, 19)}${parts[7] ?? ''}Z`;
}

/** When the clocks of the zone show this. Of an hour that comes twice the first; of one that is left out, as if the clock had not been changed. Null: no zone is known by the name. */
function instantOf(wallMs: number, zone: string): number | null {
  const before = offsetAt(wallMs - DAY_MS, zone);
  const after = offsetAt(wallMs + DAY_MS, zone);
  if (before === null || after === null) return null;
  const fits = [wallMs - before, wallMs - after].filter((at) => at + (offsetAt(at, zone) ?? 0) === wallMs);
  return fits.length === 0 ? wallMs - before : Math.min(...fits);
}

const DAY_MS = 86_400_000;
const clocks = new Map<string, Intl.DateTimeFormat>();
/** More names than there are zones: what is beyond has been misspelt. */
const MAX_ZONES = 1_000;

/** What the zone is ahead of UTC then, milliseconds. */
function offsetAt(at: number, zone: string): number | null {
  const clock = clockOf(zone);
  if (clock === null || Number.isNaN(at)) return null;
  const shown = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}

function clockOf(zone: string): Intl.DateTimeFormat | null {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  try {
    const all = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
    const clock = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...all });
    if (clocks.size < MAX_ZONES) clocks.set(zone, clock);
    return clock;
  } catch {
    return null; // a zone that this version of Node does not know
  }
}
