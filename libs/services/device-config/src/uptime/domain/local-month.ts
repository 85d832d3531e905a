import { instantOf } from '../../stations/zone-offset';

/** A month of a calendar. `month`: 1 to 12. */
export interface Month {
  year: number;
  month: number;
}

/** Reads `2026-10`. */
export function parseMonth(text: string): Month {
  const [year = 0, month = 0] = text.split('-').map(Number);
  return { year, month };
}

export function formatMonth({ year, month }: Month): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
}

export function addMonths({ year, month }: Month, count: number): Month {
  const total = year * 12 + month - 1 + count;
  return { year: Math.floor(total / 12), month: (((total % 12) + 12) % 12) + 1 };
}

/** The last month that is over everywhere on earth. */
export function lastWholeMonth(now: Date): Month {
  const west = new Date(now.getTime() - 12 * 3_600_000);
  return addMonths({ year: west.getUTCFullYear(), month: west.getUTCMonth() + 1 }, -1);
}

/** When the month begins there, epoch milliseconds: a month with a change of the clocks has an hour more or less. */
export function beginningOf({ year, month }: Month, timeZone: string): number {
  return instantOf(Date.UTC(year, month - 1, 1), timeZone);
}
