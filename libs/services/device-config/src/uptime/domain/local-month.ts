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

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
  const made = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields });
  formats.set(timeZone, made); // as many as there are zones
  return made;
}

/** How far the clocks of the zone are ahead of UTC, milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Map(
    formatIn(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - Math.floor(instant / 1_000) * 1_000;
}

/** When the month begins there, epoch milliseconds: a month with a change of the clocks has an hour more or less. */
export function beginningOf({ year, month }: Month, timeZone: string): number {
  const midnight = Date.UTC(year, month - 1, 1);
  const near = midnight - offsetAt(midnight, timeZone);
  return midnight - offsetAt(near, timeZone);
}
