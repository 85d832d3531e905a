/**
 * Signed data of one reading, by what was measured. Null stands for a value too large to be read back from the store.
 */
export interface SignedReading {
  context: string;
  signed: Readonly<Record<string, unknown>>;
}

/** The signed data that goes with the bill, and whether some of it had to stay with the readings. */
interface Evidence {
  signedData: string[];
  cut: boolean;
}

/** Signed data sets that go with a bill: those of the beginning and the end, of every meter that signs. */
export const MAX_SIGNED = 10;
/**
 * Largest set that goes with a bill, as JSON in UTF-8: twice what 2.1 allows. Half a set proves nothing, so it stays
 * away whole.
 */
export const MAX_SIGNED_BYTES = 65_536;
/** All of them together: with a thousand periods the account still fits a record of the bus. */
export const MAX_EVIDENCE_BYTES = 262_144;

const MARKED = new Set(['Transaction.Begin', 'Transaction.End']);

/** The signed data of the beginning and the end; without marked readings, of the first and the last. */
export function evidenceOf(rows: readonly SignedReading[]): Evidence {
  const marked = rows.filter(({ context }) => MARKED.has(context));
  const chosen = marked.length > 0 ? marked : [...rows.slice(0, 1), ...rows.slice(1).slice(-1)];
  const sets = chosen.flatMap(({ signed }) => setsOf(signed));
  const signedData = withinSum(bothEnds(sets).filter((set) => set !== null && bytesOf(set) <= MAX_SIGNED_BYTES));
  return { signedData, cut: signedData.length < sets.length };
}

/** In an order of their own: parts of one reading come in any. */
function setsOf(signed: SignedReading['signed']): (string | null)[] {
  const sets = Object.values(signed).map((one) => (one === null ? null : verbatim(one)));
  return sets.sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1));
}

/** As many from the beginning as from the end, in order. */
function bothEnds<T>(sets: readonly T[]): T[] {
  return sets.length <= MAX_SIGNED ? [...sets] : [...sets.slice(0, MAX_SIGNED / 2), ...sets.slice(-MAX_SIGNED / 2)];
}

/** The last set proves the billed register: it is kept first, then the others in order as far as there is room. */
function withinSum(sets: readonly (string | null)[]): string[] {
  const known = sets.filter((set) => set !== null);
  let left = MAX_EVIDENCE_BYTES - (known.length > 0 ? bytesOf(known.at(-1) ?? '') : 0);
  return known.filter((set, index) => {
    if (index === known.length - 1) return true;
    left -= bytesOf(set);
    return left >= 0;
  });
}

function bytesOf(set: string): number {
  return new TextEncoder().encode(JSON.stringify(set)).length;
}

/** 2.x wraps the data with how to read it, 1.6 sends the text as the value. */
function verbatim(signed: unknown): string {
  if (typeof signed === 'object' && signed !== null) {
    if ('signedMeterData' in signed && typeof signed.signedMeterData === 'string') return signed.signedMeterData;
    if ('value' in signed) return String(signed.value);
  }
  return JSON.stringify(signed);
}
