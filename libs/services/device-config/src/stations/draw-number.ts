import { randomInt } from 'node:crypto';

/** Small numbers are left to operators, who send commands by hand. */
const NUMBERS = [1_000_000, 2 ** 31 - 1] as const;

/** A number for a request to a station, or for something that is kept at one. */
export function drawNumber(): number {
  return randomInt(...NUMBERS);
}
