/**
 * Largest whole number of OCPP (32 bits, as the columns for them). What a station writes beyond it arrives as this one (libs/ocpp,
 * `number-out-of-range`): it stands for "too large" and names nothing.
 */
export const LARGEST_STATION_NUMBER = 2 ** 31 - 1;

/** The number by which a station names something (an EVSE, a connector, a remote start); null for what can be none, so that one odd field refuses no session. */
export function stationNumber(written: unknown): number | null {
  return typeof written === 'number' && Number.isInteger(written) && written >= 0 && written < LARGEST_STATION_NUMBER ? written + 0 : null;
}

/** Whether it is an integer of OCPP, of 32 bits with a sign, as the columns for ids of requests, messages and reservations are: anything may be written. */
export function isOcppInteger(written: unknown): written is number {
  return typeof written === 'number' && Number.isInteger(written) && written >= -(2 ** 31) && written < 2 ** 31;
}

/** Whether a number was written that names nothing. */
export function isOutOfRange(written: unknown): boolean {
  return written !== undefined && written !== null && stationNumber(written) === null;
}

/** The station's count of its messages; beyond what can be counted exactly they are all the last. */
export function sequenceNumber(written: number): number {
  return Number.isNaN(written) ? 0 : Math.min(Math.max(Math.trunc(written), 0), Number.MAX_SAFE_INTEGER) + 0;
}

/** Characters of a decimal: sign, 21 digits, point, 40 digits, exponent of three. No meter writes more, and some parsers take quadratic time for more. */
const LONGEST_DECIMAL = 68;
const DECIMAL = /^[+-]?(?:\d{1,21}(?:\.\d{0,40})?|\.\d{1,40})(?:e[+-]?\d{1,3})?$/i;

/** Whether a text is a decimal number, and one that can be reckoned with: no hexadecimal, no `Infinity`, nothing beyond 21 digits or an exponent of three. */
export function isDecimal(text: string): boolean {
  return text.length <= LONGEST_DECIMAL && DECIMAL.test(text);
}
