import { randomInt } from 'node:crypto';

/** Largest 1.6 transaction id; stations use 0 and -1 for none. */
const MAX_ID = 2 ** 31 - 1;

/** A positive 31-bit integer that nobody can guess (CVE-2026-28230). */
export function drawStationNumber(): number {
  return randomInt(1, MAX_ID + 1);
}
