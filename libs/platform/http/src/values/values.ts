import { asText, text } from '@voltbus/contracts';
import { z } from 'zod';

export { text };

/** The largest number that a column `integer` holds. */
export const MAX_INT32 = 2_147_483_647;
/** Characters of an id token, of any version. */
const MAX_ID_TOKEN = 255;
/** `2026-01-01T00:00:00.123456789+23:59` has 35. */
const MAX_INSTANT = 40;
const FIRST_YEAR = 1970;
const LAST_YEAR = 9999;
/** The form of an instant, with the zones that Postgres takes, also for the API's description: whether its day is one of the calendar is not in it. */
export const INSTANT_PATTERN = String.raw`^(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-5]):[0-5][0-9])$`;
const INSTANT = new RegExp(INSTANT_PATTERN);

/** Characters of foreign text that an error shows. */
const MAX_SHOWN = 200;

/** Foreign text, fit to be shown in an error. */
export function displayable(foreign: string): string {
  return asText(foreign.slice(0, MAX_SHOWN));
}

/** A point in time, read into the ISO string in UTC that columns and cursors have. */
export const instant = z
  .string()
  .meta({ format: 'date-time', pattern: INSTANT_PATTERN })
  .transform((given, context) => instantOf(given) ?? (context.addIssue(INSTANT_RULE), z.NEVER));

const INSTANT_RULE = `is no time such as 2026-01-31T09:30:00Z: ISO 8601 with a zone (to 15:59), years ${FIRST_YEAR} to ${LAST_YEAR}, at most 9 digits of a second`;

/** The number of an EVSE or connector: at least 1, and at most what an `integer` column holds. */
export const evseNumber = z.int().min(1).max(MAX_INT32);

/** A whole number in a query or a path: digits and nothing else. The API's description also shows `described`. */
export function wholeNumber(low: number, high: number, described: { default?: number } = {}) {
  const rule = `is no whole number from ${low} to ${high}`;
  return z
    .string()
    .refine((given) => /^\d{1,15}$/.test(given), { error: rule, abort: true })
    .meta({ type: 'integer', minimum: low, maximum: high, ...described }) // the description shows a number, not a string
    .transform(Number)
    .pipe(z.int(rule).min(low, rule).max(high, rule));
}

/** A price or an amount of money: exact, not negative, without an exponent. */
export function decimal(fractionDigits: number) {
  return z
    .string()
    .regex(new RegExp(`^\\d{1,9}(\\.\\d{1,${fractionDigits}})?$`), `is no decimal such as "0.49", to ${fractionDigits} places`);
}

/** An id token, as stations and paths name it. */
export const idTokenText = text.trim().min(1).max(MAX_ID_TOKEN);

/** Whether a row can have it as its UUID. */
export function isUuid(id: string): boolean {
  return z.guid().safeParse(id).success;
}

function instantOf(given: string): string | null {
  if (given.length > MAX_INSTANT || !INSTANT.test(given)) return null;
  if (!z.iso.datetime({ offset: true }).safeParse(given).success) return null; // the 31st of February
  const at = new Date(given);
  const year = at.getUTCFullYear(); // which the zone may have moved
  return year >= FIRST_YEAR && year <= LAST_YEAR ? at.toISOString() : null;
}
