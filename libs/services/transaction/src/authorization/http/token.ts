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
  .meta({ id: 'TokenPlace', description: 'Stations and EVSEs at which a token may charge: where all that it names is so' });

const prepaidSchema = z
  .strictObject({
    credit: amountSchema.describe('The remaining credit, as its issuer sets it; the service does not count it down. 0: it may not charge'),
  })
  .meta({ id: 'TokenPrepaid', description: 'Credit of a prepaid token' });

const statusSchema = z.enum(TOKEN_STATUSES).meta({ id: 'TokenStatus', description: 'Whether a token may charge, as OCPP names it' });

export const tokenSchema = z
  .object({
    idToken: z.string(),
    type: z.string().describe('The kind of token as OCPP 2.x names it; 1.6 knows none'),
    status: statusSchema,
    groupId: z.string().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    concurrent: z.boolean().describe('May charge at several stations at once'),
    allowedAt: z.array(placeSchema).describe('Where it may charge; empty: everywhere'),
    limit: limitSchema.nullable().describe('For every session that begins with it; null: none'),
    prepaid: prepaidSchema.nullable().describe('Paid beforehand: no session of it may cost more; null: it is not'),
  })
  .meta({ id: 'Token', description: 'Who may charge: a card, an app, a vehicle' });

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
  .meta({ id: 'TokenPut', description: 'A token, whole' });
