import { z } from 'zod';

/** The IANA name of a time zone. */
export const timeZoneName = z.string().refine(isTimeZone, 'is no time zone such as Europe/Berlin (IANA)');

/** Offsets, which `Intl` takes as well, are no names; and readers of other languages match names by their case. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(name)) return false;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return known === name || known.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
