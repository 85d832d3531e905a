import { defineList, instant, oneOf } from '@voltbus/http';
import { z } from 'zod';
import { requestFilters, requestMembers, requestOptions, requestView, type StationRequest } from '../../station-requests';
import { LOG_TYPES, UPLOAD_FAULTS, bodyOf } from '../domain/log-request';
import { MAX_URL_LENGTH, USUAL_RUN_HOURS } from '../limits';
import type { LogFile } from '../store/typeorm-log-files';

const typeSchema = z.enum(LOG_TYPES).meta({
  id: 'LogType',
  description:
    'As OCPP names it. `SecurityLog` needs the security extension in 1.6; `DataCollectorLog` is of 2.1 alone. 1.6 is asked for `DiagnosticsLog` by GetDiagnostics',
});

/** N01.FR.26 to 28: no fragment, and no query that ends with a slash, because stations add the name of the file to the path. */
const uploadToSchema = z
  .url({ protocol: /^(https?|ftps?|sftp)$/, error: 'must be an http, https, ftp, ftps or sftp URL' })
  .max(MAX_URL_LENGTH)
  .refine((url) => !url.includes('#'), 'must have no fragment')
  .refine((url) => !/\?.*\/$/.test(url), 'must have no query that ends with a slash');

/** `POST /v1/stations/{station}/logs`. */
export const startLogSchema = z
  .strictObject({
    type: typeSchema.default('DiagnosticsLog').describe('Which log'),
    from: instant.nullable().default(null).describe('Entries of then or later; null: from the first'),
    to: instant.nullable().default(null).describe('Entries of then or before; null: to the last'),
    uploadTo: uploadToSchema
      .nullable()
      .default(null)
      .describe(
        'Address on a server of your own to which the station shall upload it; its password is stored encrypted, and shown redacted. Null: to an address of ours',
      ),
    retries: requestOptions.retries.describe('Uploads that the station shall try; null: as it does'),
    retryIntervalSeconds: requestOptions.retryIntervalSeconds.describe('Seconds between two tries; null: as the station does'),
    runHours: requestOptions.runHours
      .default(USUAL_RUN_HOURS)
      .describe('Hours that the station may take from its acceptance; then it has failed, and the address is closed within another hour'),
    waitHours: requestOptions.waitHours,
    replace: z
      .boolean()
      .default(false)
      .describe('Takes the place of a log that has not ended, if the station lets it (`AcceptedCanceled`). Without it that is a conflict'),
  })
  .meta({ id: 'StationLogStart', description: 'A log that a station is asked for' });

const fileSchema = z
  .object({
    name: z.string().describe('As the station named it, without a path, of plain characters'),
    sizeBytes: z.int().describe('Bytes of its content'),
    sha256: z.string().describe('SHA-256 of its content, hexadecimal'),
    receivedAt: z.iso.datetime().describe('When the last of it came'),
  })
  .meta({ id: 'StationLogFile', description: 'A log that a station has uploaded' });

export const logSchema = z
  .object({
    ...requestMembers,
    type: typeSchema.describe('Which log'),
    from: z.iso.datetime().nullable().describe('Entries of then or later; null: from the first'),
    to: z.iso.datetime().nullable().describe('Entries of then or before; null: to the last'),
    uploadTo: z.string().nullable().describe('Address on a server of your own, without its secrets; null: an address of ours'),
    retries: z.int().nullable().describe('Uploads that the station shall try'),
    retryIntervalSeconds: z.int().nullable().describe('Seconds between them'),
    fileName: z.string().nullable().describe('As the station named the file in its answer; null: it did not'),
    uploadFault: z
      .enum(UPLOAD_FAULTS)
      .nullable()
      .describe(
        'Why the last upload to our address did not lead to a file: `too-large`, `empty`, `interrupted`, `too-slow`, `no-room` for it here, `not-readable` form; null: it did, or there was none',
      ),
    rebootedAt: z.iso
      .datetime()
      .nullable()
      .describe('When the station booted while it was at it; it then has a quarter of an hour to go on'),
    file: fileSchema.nullable().describe('The file, below `/file`; null: there is none, or no more'),
  })
  .meta({ id: 'StationLog', description: 'A log of a station, and how far it is' });

/** `GET /v1/logs`. */
export const logList = defineList({
  item: logSchema,
  keys: ['id'],
  filters: { ...requestFilters, type: oneOf(LOG_TYPES).optional().describe('Which log') },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

export function logView(request: StationRequest, file: LogFile | undefined): z.output<typeof logSchema> {
  const { from, to, uploadTo, retries, retryIntervalSeconds, fileName, uploadFault, rebootedAt } = bodyOf(request);
  return {
    ...requestView(request),
    type: typeSchema.parse(request.subject),
    ...{ from, to, uploadTo: uploadTo?.shown ?? null, retries, retryIntervalSeconds, fileName, uploadFault, rebootedAt },
    file: file === undefined ? null : fileView(file),
  };
}

function fileView({ name, sizeBytes, sha256, receivedAt }: LogFile): z.output<typeof fileSchema> {
  return { name, sizeBytes, sha256, receivedAt: receivedAt.toISOString() };
}
