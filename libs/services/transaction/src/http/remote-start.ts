import { z } from 'zod';

/** `POST /v1/stations/{station}/remote-start`. */
export const remoteStartSchema = z.strictObject({
  idToken: z.string().trim().min(1).max(255).describe('Who charges; need not be a token that is kept here'),
  evse: z.int().min(1).optional().describe('EVSE of the station (1.6: its connector); some stations refuse without'),
});
