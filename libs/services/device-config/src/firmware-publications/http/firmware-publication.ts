import { anyOf, defineList, text } from '@voltbus/http';
import { z } from 'zod';
import { imageNameSchema } from '../../firmware';
import { REQUEST_STATES, RUN_HOURS, requestFilters, requestMembers, requestOptions, requestView } from '../../station-requests';
import { bodyOf } from '../domain/publication';
import type { Publication } from '../firmware-publications';

/** `POST /v1/stations/{station}/firmware-publications`. */
export const startPublicationSchema = z
  .strictObject({
    image: imageNameSchema.describe('Name of the firmware image'),
    checksum: z
      .string()
      .regex(/^[0-9a-fA-F]{32}$/, 'is no MD5: 32 hexadecimal digits')
      .nullable()
      .default(null)
      .describe('MD5 of the file, hexadecimal, by which the local controller checks it; null: that of the file that was uploaded here'),
    retries: requestOptions.retries.describe('Downloads that the local controller shall try; null: as it does'),
    retryIntervalSeconds: requestOptions.retryIntervalSeconds.describe(
      'Seconds between two tries of the download; null: as the local controller does',
    ),
    runHours: requestOptions.runHours
      .default(RUN_HOURS.usual)
      .describe('Hours that the local controller may take from its acceptance; then the publication has failed'),
    waitHours: requestOptions.waitHours,
  })
  .meta({ id: 'FirmwarePublicationStart', description: 'A firmware image that a local controller is asked to publish' });

/** `POST /v1/firmware-publications/{id}/unpublish`. */
export const unpublishSchema = z
  .strictObject({ waitHours: requestOptions.waitHours })
  .meta({ id: 'FirmwareUnpublish', description: 'How long the local controller is waited for' });

const { requestedBy, createdAt, endedAt } = requestMembers;
const unpublicationSchema = z
  .object({
    state: z.enum(REQUEST_STATES).describe('`succeeded`: the local controller offers it no more'),
    reason: z
      .string()
      .nullable()
      .describe('Why it failed, such as `download-ongoing`: a station downloads it at this time; null: it did not'),
    ...{ requestedBy, createdAt, endedAt },
  })
  .meta({ id: 'FirmwareUnpublication', description: 'What became of the request to unpublish it' });

export const publicationSchema = z
  .object({
    ...requestMembers,
    image: z.string().describe('Name of the firmware image'),
    checksum: z.string().describe('MD5 of the file, hexadecimal'),
    locations: z.array(z.string()).describe('Where the local controller offers it, one for each protocol; empty: it has not said so'),
    retries: z.int().nullable().describe('Downloads that the local controller shall try'),
    retryIntervalSeconds: z.int().nullable().describe('Seconds between them'),
    unpublication: unpublicationSchema.nullable().describe('The last request to unpublish it; null: there was none'),
  })
  .meta({ id: 'FirmwarePublication', description: 'A firmware image that a local controller publishes, and how far it is' });

/** `GET /v1/firmware-publications`. */
export const publicationList = defineList({
  item: publicationSchema,
  keys: ['id'],
  filters: { ...requestFilters, image: anyOf(text.max(100)).optional().describe('Name of the image') },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

export function publicationView({ publication, unpublication }: Publication): z.output<typeof publicationSchema> {
  const { checksum, locations, retries, retryIntervalSeconds } = bodyOf(publication);
  return {
    ...requestView(publication),
    image: publication.subject,
    ...{ checksum, locations: [...locations], retries, retryIntervalSeconds },
    unpublication: unpublication === null ? null : endOf(unpublication),
  };
}

function endOf(unpublication: NonNullable<Publication['unpublication']>): z.output<typeof unpublicationSchema> {
  const { state, reason, requestedBy: by, createdAt: begun, endedAt: end } = requestView(unpublication);
  return { state, reason, requestedBy: by, createdAt: begun, endedAt: end };
}
