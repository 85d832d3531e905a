import { readStationTime } from '@voltbus/contracts';
import type { StationMessage } from '@voltbus/service';
import type { ReportTimes } from '../../status-history';

/**
 * When a status began, as far as the station can be believed: never after it was received (a clock that is ahead would
 * hold off every later status), and at its receipt where its clock is in 1970. Epoch milliseconds.
 */
export function statusTime(written: string | undefined, receivedAt: Date): number {
  return Math.min(readStationTime(written, receivedAt).at, receivedAt.getTime());
}

/** The times of a report. */
export function timesOf(
  { receivedAt, returnTo }: Pick<StationMessage, 'receivedAt' | 'returnTo'>,
  written: string | undefined,
): ReportTimes {
  const told = written === undefined ? null : readStationTime(written, receivedAt);
  return {
    at: statusTime(written, receivedAt),
    receivedAt: receivedAt.getTime(),
    stationTime: told === null || told.raw !== null ? null : told.at,
    epoch: returnTo.epoch,
  };
}

/** What 1.6 has beside a status, where there is none of it. */
export const NO_VENDOR_CODE = { vendorErrorCode: null, vendorId: null, info: null } as const;
