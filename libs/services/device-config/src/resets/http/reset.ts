import { defineList, oneOf } from '@voltbus/http';
import { z } from 'zod';
import { requestFilters, requestMembers, requestOptions, requestView, type StationRequest } from '../../station-requests';
import { RESET_TYPES, bodyOf } from '../domain/reset-request';
import { MAX_EVSE, USUAL_RUN_HOURS, USUAL_WAIT_HOURS } from '../limits';

const typeSchema = z.enum(RESET_TYPES).meta({
  id: 'ResetType',
  description:
    '`OnIdle`: when no session runs; a station of 1.6 is sent it when its connectors report none. `Immediate`: sessions are ended in good order (Soft of 1.6). `ImmediateAndResume`: they go on afterwards (2.1 alone). `Hard`: at once, sessions may be lost (1.6 alone)',
});

/** `POST /v1/stations/{station}/resets`. */
export const startResetSchema = z
  .strictObject({
    type: typeSchema.default('OnIdle').describe('How'),
    evse: z.int().min(1).max(MAX_EVSE).nullable().default(null).describe('The EVSE (2.x); null: the whole station'),
    runHours: requestOptions.runHours
      .default(USUAL_RUN_HOURS)
      .describe('Hours that the station may wait for the end of sessions (`OnIdle`, or where it answers `Scheduled`); then it has failed'),
    waitHours: requestOptions.waitHours
      .default(USUAL_WAIT_HOURS)
      .describe('Hours for which it waits for a station that is not connected, or for one of 1.6 that is not idle; then it has failed'),
    replace: z.boolean().default(false).describe('Also where another reset has not ended. Without it that is a conflict'),
  })
  .meta({ id: 'StationResetStart', description: 'A reset that a station is asked for' });

const { requestId: _number, ...members } = requestMembers;

export const resetSchema = z
  .object({
    ...members,
    type: typeSchema.describe('How'),
    evse: z.int().nullable().describe('The EVSE; null: the whole station'),
    scheduled: z.boolean().describe('The station has answered that it resets later (`Scheduled`)'),
    bootReason: z
      .string()
      .nullable()
      .describe('Of the boot that showed its end, as the station named it; null: none did, or it did not say'),
  })
  .meta({ id: 'StationReset', description: 'A reset of a station or EVSE, and how far it is' });

/** `GET /v1/resets`. */
export const resetList = defineList({
  item: resetSchema,
  keys: ['id'],
  filters: { ...requestFilters, type: oneOf(RESET_TYPES).optional().describe('How') },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

export function resetView(request: StationRequest): z.output<typeof resetSchema> {
  const { requestId: _none, ...shown } = requestView(request);
  const { evse, scheduled, bootReason } = bodyOf(request);
  return { ...shown, type: typeSchema.parse(request.subject), evse, scheduled, bootReason };
}
