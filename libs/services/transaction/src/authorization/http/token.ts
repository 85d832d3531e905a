import { MAX_STATION_GROUP_LENGTH, MAX_STATION_LENGTH, MAX_TOKEN_GROUP_LENGTH } from '@voltbus/contracts';
import { evseNumber, idTokenText, instant, text } from '@voltbus/http';
import { z } from 'zod';
import { TOKEN_STATUSES, type TokenStatus } from '../domain/authorization';
import { MAX_EVSES } from '../domain/places';
import { amountSchema, limitSchema } from '../../limits';

/** An id token as a path names it. */
export const idTokenSchema = idTokenText;

/** Places of one token; a group names any number of stations. */
const MAX_PLACES = 100;

const placeSchema = z
  .strictObject({
    station: text.min(1).max(MAX_STATION_LENGTH).optional(),
    group: text
      .min(1)
      .max(MAX_STATION_GROUP_LENGTH)
      .optional()
      .describe('Stations of this group, as `PUT /v1/stations/{station}` has it; without regard to case'),
    evses: z.array(evseNumber).min(1).max(MAX_EVSES).optional().describe('Of those stations; on 1.6 the connectors. Left out: all'),
  })
  .refine((place) => Object.values(place).some((value) => value !== undefined), 'names no place')
  .meta({ id: 'TokenPlace' });

const prepaidSchema = z
  .strictObject({
    credit: amountSchema.describe('The remaining credit, as its issuer sets it; the service does not count it down. 0: it may not charge'),
  })
  .meta({ id: 'TokenPrepaid' });

const statusSchema = z.enum(TOKEN_STATUSES).meta({ id: 'TokenStatus' });

export const tokenSchema = z
  .object({
    idToken: z.string(),
    type: z.string(),
    status: statusSchema,
    groupId: z.string().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    concurrent: z.boolean(),
    allowedAt: z.array(placeSchema),
    limit: limitSchema.nullable(),
    prepaid: prepaidSchema.nullable(),
  })
  .meta({ id: 'Token' });

/** The defaults of members that the PUT of a new token leaves out. */
export const TOKEN_DEFAULTS = {
  type: 'ISO14443',
  status: 'Accepted' as TokenStatus,
  groupId: null,
  expiresAt: null,
  concurrent: false,
  allowedAt: [],
  limit: null,
  prepaid: null,
};

/** Money and safety: a PUT does not lose them by leaving them out. */
export const TOKEN_GUARDED = ['status', 'groupId', 'expiresAt', 'allowedAt', 'limit', 'prepaid'] as const;

/**
 * `PUT /v1/tokens/{idToken}`: the path identifies the token. A member that is left out takes its default, but a guarded
 * one with another value must be repeated.
 */
export const putTokenSchema = z
  .strictObject({
    idToken: z.string().describe('May repeat the path, which counts'),
    type: text.min(1).max(20).describe('As OCPP 2.x names it; 1.6 knows none. Default: ISO14443'),
    status: statusSchema.describe('Default: Accepted'),
    groupId: text
      .min(1)
      .max(MAX_TOKEN_GROUP_LENGTH)
      .nullable()
      .describe('Tokens of one group may stop for each other. One longer than 20 characters is not sent to stations of 1.6'),
    expiresAt: instant.nullable().describe('Default: null, never'),
    concurrent: z.boolean().describe('May charge at several stations at once. Default: false'),
    allowedAt: z
      .array(placeSchema)
      .max(MAX_PLACES)
      .describe(
        'Where it may charge: at a place where all that the place names is so. Empty, the default: everywhere. See docs/how-to/restrict-tokens.md',
      ),
    limit: limitSchema.nullable().describe('For every session that begins with it. Default: null, none'),
    prepaid: prepaidSchema.nullable().describe('Paid beforehand: no session of it may cost more. Default: null, it is not'),
  })
  .partial()
  .meta({ id: 'TokenPut' });
