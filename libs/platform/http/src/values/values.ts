import { z } from 'zod';

/** The largest number that a column `integer` holds. */
export const MAX_INT32 = 2_147_483_647;
/** Characters of an id token, of any version. */
const MAX_ID_TOKEN = 255;
/** `2026-01-01T00:00:00.123456789+23:59` has 35. */
const MAX_INSTANT = 40;
/** Postgres takes zones to 15:59 on either side of UTC. */
const MAX_OFFSET_HOURS = 15;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-](?<hours>\d{2}):[0-5]\d)$/;
const FIRST_YEAR = 1970;
const LAST_YEAR = 9999;

/** Text that Postgres keeps in `text` and in `jsonb`, and that a person can read. Whoever uses it says how long it may be. */
export const text = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has control characters, or half of a surrogate pair');

/** Longest piece of a stranger's text that is shown in an error. */
const MAX_SHOWN = 200;

/** A stranger's text, fit to be shown in an error. */
export function displayable(said: string): string {
  return said.slice(0, MAX_SHOWN).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
}

/** A point in time, as the ISO string in UTC that columns and cursors have. */
export const instant = z
  .string()
  .meta({ format: 'date-time' })
  .transform((said, context) => instantOf(said) ?? (context.addIssue(INSTANT_RULE), z.NEVER));

const INSTANT_RULE = `is no time such as 2026-01-31T09:30:00Z: ISO 8601 with a zone (to ${MAX_OFFSET_HOURS}:59), years ${FIRST_YEAR} to ${LAST_YEAR}, at most 9 digits of a second`;

/** The number of an EVSE or connector: at least 1, and such as a column can hold. */
export const evseNumber = z.int().min(1).max(MAX_INT32);

/** A whole number in a query or a path: digits and nothing else. `shown`: what its description says besides. */
export function wholeNumber(low: number, high: number, shown: { default?: number } = {}) {
  const rule = `is no whole number from ${low} to ${high}`;
  return z
    .string()
    .refine((said) => /^\d{1,15}$/.test(said), { error: rule, abort: true })
    .meta({ type: 'integer', minimum: low, maximum: high, ...shown }) // to whoever reads the description it is a number
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

/** False for what no row can have as its UUID. */
export function isUuid(id: string): boolean {
  return z.guid().safeParse(id).success;
}

function instantOf(said: string): string | null {
  const match = said.length > MAX_INSTANT ? null : INSTANT.exec(said);
  if (match === null || Number(match.groups?.['hours'] ?? 0) > MAX_OFFSET_HOURS) return null;
  if (!z.iso.datetime({ offset: true }).safeParse(said).success) return null; // the 31st of February
  const at = new Date(said);
  const year = at.getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR ? at.toISOString() : null;
}
