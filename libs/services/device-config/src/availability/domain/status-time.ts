import { readStationTime } from '@voltbus/contracts';

/**
 * When a status began, as far as the station can be believed: never after it was received (a clock that is ahead would
 * hold off every later status), and at its receipt where its clock is in 1970. Epoch milliseconds.
 */
export function statusTime(written: string | undefined, receivedAt: Date): number {
  return Math.min(readStationTime(written, receivedAt).at, receivedAt.getTime());
}
