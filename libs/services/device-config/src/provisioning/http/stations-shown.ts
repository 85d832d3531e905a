import type { StationsShown } from '@voltbus/http';
import type { StationDirectory } from '../station-directory';
import { stationView } from './station';

/** Stations for the event stream, as `GET /v1/stations/{station}` shows them. */
export function stationsShown(directory: StationDirectory): StationsShown {
  return {
    async find(ref) {
      const station = await directory.find(ref);
      return station === null ? null : stationView(station);
    },
  };
}
