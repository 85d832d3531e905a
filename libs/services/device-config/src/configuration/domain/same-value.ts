const TRUTHS: ReadonlyMap<string, string> = new Map([
  ['1', 'true'],
  ['0', 'false'],
]);
/** Lists of measurands have no order; a station of 1.6 tells no data types. */
const MEASURANDS = /measurands$/i;
const NUMBER = /^[+-]?\d{1,9}(?:\.\d{1,6})?$/;
/** Of a variable that may be a text: `007` and `1.10` may be other values than `7` and `1.1`. */
const WHOLE_NUMBER = /^-?(?:0|[1-9]\d{0,8})(?:\.0{1,6})?$/;

interface Described {
  /** Its name in 2.x, or its key. */
  variable: string;
  /** Its type in 2.x (DataEnumType); null: the station has not told. */
  dataType: string | null;
}

/**
 * Whether both are one value: stations write `TRUE`, `1` for true, `60.0` for 60, padded values, lists with blanks and sets in another order. A value that
 * is taken for another one is set again and again.
 */
export function isSameValue(one: string, other: string, { variable, dataType }: Described): boolean {
  const [first, second] = [normal(one), normal(other)];
  if (first === second) return true;
  const isOf = (...types: string[]) => dataType === null || types.includes(dataType.toLowerCase());
  if (isOf('boolean') && [first, second].some(isTruth)) return truth(first) === truth(second);
  if (dataType?.toLowerCase() === 'memberlist' || MEASURANDS.test(variable)) return members(first) === members(second);
  const pattern = dataType === null ? WHOLE_NUMBER : NUMBER;
  return isOf('integer', 'decimal') && [first, second].every((text) => pattern.test(text)) && Number(first) === Number(second);
}

function normal(value: string): string {
  const trimmed = value.trim().replace(/\s*,\s*/g, ',');
  return isTruth(trimmed) ? trimmed.toLowerCase() : trimmed;
}

function isTruth(value: string): boolean {
  return /^(?:true|false)$/i.test(value);
}

function truth(value: string): string {
  return TRUTHS.get(value) ?? value;
}

function members(list: string): string {
  return list.split(',').sort().join();
}
