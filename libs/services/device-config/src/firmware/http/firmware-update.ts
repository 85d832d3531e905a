import { anyOf, defineList, instant, text } from '@voltbus/http';
import { z } from 'zod';
import { RUN_HOURS, requestFilters, requestMembers, requestOptions, requestView, type StationRequest } from '../../station-requests';
import { bodyOf } from '../domain/firmware-update';
import { imageNameSchema } from './firmware-image';

/** Members of an update that a campaign has too. */
export const updateOptions = {
  retries: requestOptions.retries.describe('Downloads that the station shall try; null: as it does'),
  retryIntervalSeconds: requestOptions.retryIntervalSeconds.describe(
    'Seconds between two tries of the download; null: as the station does',
  ),
  runHours: requestOptions.runHours
    .default(RUN_HOURS.usual)
    .describe('Hours that the station may take, from its acceptance or the time that it is told; then the update has failed'),
};

/** `POST /v1/stations/{station}/firmware-updates`. */
export const startUpdateSchema = z
  .strictObject({
    image: imageNameSchema.describe('Name of the firmware image'),
    retrieveAt: instant.nullable().default(null).describe('When the station shall download it; null: at once'),
    installAt: instant
      .nullable()
      .default(null)
      .describe('When the station shall install it; null: at once. Not for unsigned images of 1.6'),
    ...updateOptions,
    waitHours: requestOptions.waitHours,
    replace: z
      .boolean()
      .default(false)
      .describe(
        'Takes the place of an update that has not ended, if the station lets it (`AcceptedCanceled`). Without it that is a conflict',
      ),
  })
  .meta({ id: 'FirmwareUpdateStart', description: 'A firmware update that a station is asked for' });

export const updateSchema = z
  .object({
    ...requestMembers,
    image: z.string().describe('Name of the firmware image'),
    firmwareVersion: z.string().nullable().describe('The version that the station reports once it runs the image; null: not known'),
    signed: z.boolean().describe('Whether the station is told a signature to check'),
    versionBefore: z.string().nullable().describe('What the station ran when it was asked; null: not known'),
    retrieveAt: z.iso.datetime().nullable().describe('When the station shall download it; null: at once'),
    installAt: z.iso.datetime().nullable().describe('When the station shall install it; null: at once'),
    retries: z.int().nullable().describe('Downloads that the station shall try'),
    retryIntervalSeconds: z.int().nullable().describe('Seconds between them'),
  })
  .meta({ id: 'FirmwareUpdate', description: 'A firmware update of a station, and how far it is' });

/** `GET /v1/firmware-updates`. */
export const updateList = defineList({
  item: updateSchema,
  keys: ['id'],
  filters: { ...requestFilters, image: anyOf(text.max(100)).optional().describe('Name of the image') },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

export function updateView(request: StationRequest): z.output<typeof updateSchema> {
  const { image, versionBefore, retrieveAt, installAt, retries, retryIntervalSeconds } = bodyOf(request);
  return {
    ...requestView(request),
    image: request.subject,
    firmwareVersion: image.firmwareVersion,
    signed: image.signature !== null,
    ...{ versionBefore, retrieveAt, installAt, retries, retryIntervalSeconds },
  };
}
