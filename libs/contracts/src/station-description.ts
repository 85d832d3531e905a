import { z } from 'zod';

/** Where a station stands. */
export const placeSchema = z
  .object({
    street: z.string().nullable().describe('Street and number'),
    postalCode: z.string().nullable().describe('Postal code'),
    city: z.string().nullable().describe('City'),
    country: z.string().nullable().describe('ISO 3166-1 alpha-2 or alpha-3'),
    latitude: z.number().nullable().describe('Degrees, WGS 84; north is positive'),
    longitude: z.number().nullable().describe('Degrees, WGS 84; east is positive'),
    timeZone: z.string().nullable().describe('IANA name'),
  })
  .meta({ id: 'Place', description: 'Where a station stands' });
export type Place = z.output<typeof placeSchema>;

/** The EVSE id by which drivers and roaming partners know an EVSE (ISO 15118-2, eMI3). */
export const evseIdSchema = z
  .object({ evse: z.int().describe('Number of the EVSE at its station'), evseId: z.string().describe('EVSE id (ISO 15118)') })
  .meta({ id: 'EvseId', description: 'The EVSE id of an EVSE' });

/** `csms.internal.stations.v1`, `voltbus.station.described`: what an operator says of a station, whole, from the event's time on. */
export const stationDescriptionSchema = z.object({
  tenant: z.string(),
  station: z.string(),
  name: z.string().nullable(),
  place: placeSchema.nullable(),
  evseIds: z.array(evseIdSchema),
  labels: z.record(z.string(), z.string()),
});
export type StationDescription = z.output<typeof stationDescriptionSchema>;
