import { z } from 'zod';

/** `csms.internal.stations.v1`, `voltbus.station.grouped` and `voltbus.station.deleted`: the group of a station from the event's time on. */
export const stationGroupingSchema = z.object({
  tenant: z.string(),
  station: z.string(),
  /** Null: it is in no group, or there is no such station any more. */
  group: z.string().nullable(),
});
export type StationGrouping = z.output<typeof stationGroupingSchema>;
