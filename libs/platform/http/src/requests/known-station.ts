import { CsmsError, type StationRef } from '@voltbus/contracts';
import type { KnownStations } from '../directories';

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
