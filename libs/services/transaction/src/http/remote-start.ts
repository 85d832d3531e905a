import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { z } from 'zod';
import { text } from './text';

export const stationSchema = text.min(1).max(MAX_STATION_LENGTH);

/** `POST /v1/stations/{station}/remote-start`. */
export const remoteStartSchema = z.strictObject({
  idToken: text.trim().min(1).max(255).describe('Who charges; need not be a token that is kept here'),
  evse: z.int().min(1).optional().describe('EVSE of the station (1.6: its connector); some stations refuse without'),
});
