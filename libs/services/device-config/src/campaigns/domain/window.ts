import { instantOf, localAt } from '../../stations/zone-offset';

/** Days of the week, in the order of ISO 8601. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
type Weekday = (typeof WEEKDAYS)[number];

/** Hours of each day, by the clocks where a station stands: `22:00` to `05:00` goes over midnight. */
export interface Window {
  from: string;
  to: string;
  /** The days on which it begins; absent or empty: on each. */
  weekdays?: readonly Weekday[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export function minutesOf(window: Window): number {
  const length = minuteOf(window.to) - minuteOf(window.from);
  return length > 0 ? length : length + 24 * 60;
}

/** Since when the window has been open, epoch milliseconds; null: it is not. Without a window it is always open. */
export function openSince(window: Window | null, timeZone: string, now: number): number | null {
  if (window === null) return 0;
  const local = localAt(now, timeZone);
  const [begin, end] = [minuteOf(window.from) * MINUTE_MS, minuteOf(window.to) * MINUTE_MS];
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  const clock = local - midnight;
  const isOpen = begin < end ? clock >= begin && clock < end : clock >= begin || clock < end;
  if (!isOpen) return null;
  const day = clock >= begin ? midnight : midnight - DAY_MS;
  return beginsOn(window, day) ? openedAt(day + begin, timeZone, now) : null;
}

/** 1 January 1970, the day 0, was a Thursday. */
function beginsOn({ weekdays = [] }: Window, day: number): boolean {
  const weekday = WEEKDAYS[(((day / DAY_MS + 3) % 7) + 7) % 7];
  return weekdays.length === 0 || (weekday !== undefined && weekdays.includes(weekday));
}

/** On the day on which the clocks skip the beginning, or have it twice, it is not after now. */
function openedAt(local: number, timeZone: string, now: number): number {
  return Math.min(now, instantOf(local, timeZone));
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
