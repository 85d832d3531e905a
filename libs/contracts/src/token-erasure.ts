import { z } from 'zod';

/** A token that every service shall erase. */
export const tokenErasureSchema = z.object({
  id: z.guid(),
  idToken: z.string(),
  /** Stands where the id stood. */
  pseudonym: z.string(),
  requestedAt: z.iso.datetime(),
});
export type TokenErasure = z.output<typeof tokenErasureSchema>;

/** Stations in one event, so that its size is bounded. */
export const MAX_STATIONS_NAMED = 200;

/** Stations that shall forget the token. */
export const stationsOfErasureSchema = z.object({
  id: z.guid(),
  idToken: z.string(),
  /** As OCPP 2.x names it. */
  type: z.string(),
  stations: z.array(z.string()),
});
export type StationsOfErasure = z.output<typeof stationsOfErasureSchema>;
