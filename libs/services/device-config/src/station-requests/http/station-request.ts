import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, instant, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { REQUEST_STATES, type StationRequest } from '../domain/station-request';
import { MAX_RETRIES, MAX_RETRY_SECONDS, RUN_HOURS, WAIT_HOURS } from '../limits';

const stateSchema = z.enum(REQUEST_STATES).meta({
  id: 'StationRequestState',
  description:
    '`waiting` for the station; `sent`; `accepted` by it; `running`, as it reports; `verifying`: reported done, and not shown yet; then `succeeded`, `failed` or `cancelled`',
});

const reportedStatusSchema = z
  .object({
    status: z.string().describe('As OCPP names it'),
    at: z.iso.datetime().describe('When it was received first'),
    lastAt: z.iso.datetime().describe('When it was received last, of several in a row'),
    times: z.int().describe('How often it was received in a row'),
  })
  .meta({ id: 'ReportedStatus', description: 'A status that the station reported' });

/** Members that every kind of request shows. */
export const requestMembers = {
  id: z.guid().describe('Id of the request'),
  station: z.string(),
  requestId: z.int().describe('Its number in OCPP'),
  state: stateSchema,
  reason: z
    .string()
    .nullable()
    .describe(
      'Why it failed or was cancelled; null: it did not. `rejected`, `not-supported`, `no-answer`, `station-error`, `expired` (never delivered), `timed-out`, `superseded` by a later one, `url-not-readable` (encrypted with another pepper), `operator`, or what its statuses say',
    ),
  statuses: z.array(reportedStatusSchema).describe('What the station reported of it, the last ones, in order'),
  requestedBy: z.string().describe('Id of the API key, `administrator`, or `campaign:` and an id'),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
  acceptedAt: z.iso.datetime().nullable().describe('When the station accepted it; null: it has not'),
  endedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().describe('When it fails where it has not been delivered, or carried out, until then'),
};

/** The same members of one request. */
export function requestView(request: StationRequest) {
  const { id, station, requestId, state, reason, statuses, requestedBy } = request;
  const { createdAt, sentAt, acceptedAt, endedAt, expiresAt } = request;
  return {
    ...{ id, station, requestId, state, reason, statuses: [...statuses], requestedBy },
    createdAt: createdAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
    acceptedAt: acceptedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    expiresAt: expiresAt.toISOString(),
  };
}

/** Members of what every kind of request is asked by. */
export const requestOptions = {
  retries: z.int().min(0).max(MAX_RETRIES).nullable().default(null),
  retryIntervalSeconds: z.int().min(0).max(MAX_RETRY_SECONDS).nullable().default(null),
  runHours: z.int().min(1).max(RUN_HOURS.most),
  waitHours: z
    .int()
    .min(1)
    .max(WAIT_HOURS.most)
    .default(WAIT_HOURS.usual)
    .describe('Hours for which it waits for a station that is not connected; then it has failed'),
};

/** Filters of every list of requests. */
export const requestFilters = {
  station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
  state: oneOf(REQUEST_STATES).optional(),
  reason: anyOf(text.max(100)).optional().describe('Why they failed or were cancelled'),
  from: instant.optional().describe('Created then or later'),
  to: instant.optional().describe('Created before'),
};
