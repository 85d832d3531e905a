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

/** What the clocks of the zone show at an instant, as if it were UTC; epoch milliseconds. */
export function localAt(instant: number, timeZone: string): number {
  return instant + offsetAt(instant, timeZone);
}

/** When the clocks of the zone show a time, which is given as if it were UTC; epoch milliseconds. */
export function instantOf(local: number, timeZone: string): number {
  const near = local - offsetAt(local, timeZone);
  return local - offsetAt(near, timeZone);
}
