import { CsmsError, MAX_STATION_LENGTH, isText, type StationRef } from '@voltbus/contracts';
import type { CallerRequest } from '../auth/caller';
import type { KnownStations } from '../directories';

/** A request that may be about a station. */
export interface StationRequest extends CallerRequest {
  routeOptions: { url?: string };
  params: { station?: string };
}

/** Routes below a station. The station's own route may register it. */
const BELOW_A_STATION = /^\/v1\/stations\/:station\/./;

export function isBelowStation(url: string): boolean {
  return BELOW_A_STATION.test(url);
}

/** Whether a station can have that name. */
export function isStationName(name: string): boolean {
  return name !== '' && name.length <= MAX_STATION_LENGTH && isText(name);
}

export function unknownStation(): CsmsError {
  return new CsmsError('unknown-station', 'no such station');
}

/** Runs `work` while the station is not removed, as `KnownStations.holding` does. Throws `unknown-station` where there is none. */
export function whileKnown<T>(stations: KnownStations, { tenant, station }: StationRef, work: () => Promise<T>): Promise<T> {
  return stations.holding(tenant, async (held) => {
    if (!(await held.has(station))) throw unknownStation();
    return work();
  });
}
