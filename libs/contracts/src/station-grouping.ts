import type { StationRef } from './ids';

/** `csms.stations.v1`, `voltbus.station.grouped`: the group of a station from the event's time on; null: none, or no such station any more. */
export interface StationGrouping extends StationRef {
  group: string | null;
}
