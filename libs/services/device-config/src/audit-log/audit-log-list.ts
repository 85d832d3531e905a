import { anyOf, defineList, instant, oneOf, text } from '@voltbus/http';
import { z } from 'zod';

/** The name of an issuer, and a subject as long as OpenID Connect lets it be. */
const MAX_ACTOR_LENGTH = 320;

export const entrySchema = z
  .object({
    id: z.string().describe('Id of the entry; later ones are larger'),
    at: z.iso.datetime(),
    actor: z.string().describe('Id of the API key, `<issuer>:<subject>` of the access token, or `administrator`'),
    actorName: z.string().nullable().describe('As the key was called then'),
    address: z.string().describe('IP address of the caller'),
    requestId: z.string(),
    method: z.string().describe('HTTP method'),
    path: z.string().describe('Path of the request'),
    reason: z.string().nullable().describe('From the header `Voltbus-Reason`, or `reason` in the body'),
    before: z.unknown().describe('The resource as the API showed it; null: there was none, or this makes it'),
    after: z.unknown().describe('The resource as it was shown then, or the answer; null: there is none any more'),
    position: z
      .int()
      .min(1)
      .nullable()
      .describe('In the hash chain of the tenant, without a gap; null: it has none yet, some seconds after the change'),
    previousHash: z.string().nullable().describe('`hash` of the entry with the position before'),
    hash: z.string().nullable().describe('SHA-256 of the entry with its position and `previousHash`, in hexadecimal'),
    status: z.int().nullable().describe('Of the answer; null: the process ended before it was known'),
  })
  .meta({ id: 'AuditEntry', description: 'A change that was asked for through the API' });

/** What the list and the export are filtered by. */
export const auditFilters = {
  actor: anyOf(text.max(MAX_ACTOR_LENGTH))
    .optional()
    .describe('Id of an API key, issuer and subject of an access token, or `administrator`'),
  method: oneOf(['POST', 'PUT', 'PATCH', 'DELETE']).optional().describe('HTTP method'),
  path: text.max(1_024).optional().describe('The beginning of `path`, such as `/v1/tariffs/`'),
  requestId: anyOf(text.max(200)).optional(),
  from: instant.optional().describe('Changed then or later'),
  to: instant.optional().describe('Changed before'),
};

/** `GET /v1/audit-log`. */
export const auditLogList = defineList({ item: entrySchema, keys: ['id'], filters: auditFilters, sorts: ['at'], defaultSort: '-at' });
