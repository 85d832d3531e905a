// The formats of OCPP's schemas. The generated validators require this file by name.

const DATE_TIME =
  /^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const LOOSE_DATE_TIME =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt\s]\s*(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(?:([Zz])|([+-]\d\d)(?::?(\d\d))?)?$/;
const URI = /^[a-z][a-z0-9+.-]*:[^\s]*$/i;

/** Longer texts are not read as a time. The length allows for blanks around it and many digits of a second. */
const LONGEST_TIME = 64;

/** RFC 3339 with a zone, an existing day, a year that Postgres has (it has no year 0) and no leap second, so that `new Date()` reads it the same everywhere. */
function isDateTime(text: string): boolean {
  if (text.length > LONGEST_TIME) return false;
  const parts = DATE_TIME.exec(text);
  if (parts === null) return false;
  const day = Number(parts[2]);
  return day <= 28 || day <= daysIn(Number(text.slice(0, 4)), Number(parts[1]));
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export const formats = {
  'date-time': isDateTime,
  uri: (text: string): boolean => URI.test(text),
};

/**
 * Converts a station's form of a time to the form of the schema; undefined: it cannot be read. A time without a zone is read as UTC
 * (`zoneMissing`), though the station may mean another zone.
 */
export function readDateTime(text: string): { dateTime: string; zoneMissing: boolean } | undefined {
  const parts = text.length > LONGEST_TIME ? null : LOOSE_DATE_TIME.exec(text.trim());
  if (parts === null) return undefined;
  const [, year, month, day, hour = '0', minute = '00', second = '00', fraction, zulu, offsetHours, offsetMinutes = '00'] = parts;
  const zoneMissing = zulu === undefined && offsetHours === undefined;
  const time = `${two(hour)}:${minute}:${second === '60' ? '59' : second}${fraction === undefined ? '' : `.${fraction.slice(0, 9)}`}`;
  const dateTime = `${year}-${two(month)}-${two(day)}T${time}${offsetHours === undefined ? 'Z' : `${offsetHours}:${offsetMinutes}`}`;
  return isDateTime(dateTime) ? { dateTime, zoneMissing } : undefined;
}

function two(digits: string | undefined): string {
  return (digits ?? '').padStart(2, '0');
}
