const MAX_NUMBER = 2 ** 31 - 1;

/** The number of an EVSE or connector as a station wrote it; null for what can be none, so that one odd field refuses no session. */
export function placeNumber(written: number | undefined): number | null {
  return written !== undefined && Number.isInteger(written) && written >= 0 && written <= MAX_NUMBER ? written : null;
}

/** The station's count of its reports; beyond what can be counted exactly they are all the last. */
export function sequenceNumber(written: number): number {
  return Math.min(Math.max(Math.trunc(written), 0), Number.MAX_SAFE_INTEGER);
}
