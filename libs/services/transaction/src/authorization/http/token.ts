import { MAX_STATION_GROUP_LENGTH, MAX_STATION_LENGTH, MAX_TOKEN_GROUP_LENGTH } from '@voltbus/contracts';
import { evseNumber, idTokenText, instant, text, type Resource } from '@voltbus/http';
import { z } from 'zod';
import { TOKEN_STATUSES, tokenIdentity, type Token } from '../domain/authorization';
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
  .meta({
    id: 'TokenPlace',
    minProperties: 1,
    description: 'Stations and EVSEs at which a token may charge: where all that it names is so',
  });

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

/** `PUT /v1/tokens/{idToken}`: the path identifies the token. */
const putTokenSchema = z
  .strictObject({
    idToken: z.string().optional().describe('May repeat the path, which counts'),
    type: text.min(1).max(20).default('ISO14443').describe('As OCPP 2.x names it; 1.6 knows none. Default: ISO14443'),
    status: statusSchema,
    groupId: text
      .min(1)
      .max(MAX_TOKEN_GROUP_LENGTH)
      .nullable()
      .default(null)
      .describe('Tokens of one group may stop for each other. One longer than 20 characters is not sent to stations of 1.6. Default: null'),
    expiresAt: instant.nullable().default(null).describe('Default: null, never'),
    concurrent: z.boolean().default(false).describe('May charge at several stations at once. Default: false'),
    allowedAt: z
      .array(placeSchema)
      .max(MAX_PLACES)
      .default([])
      .describe(
        'Where it may charge: at a place where all that the place names is so. Empty, the default: everywhere. See docs/how-to/restrict-tokens.md',
      ),
    limit: limitSchema.nullable().default(null).describe('For every session that begins with it. Default: null, none'),
    prepaid: prepaidSchema.nullable().default(null).describe('Paid beforehand: no session of it may cost more. Default: null, it is not'),
  })
  .meta({ id: 'TokenPut', description: 'A token, whole' });

export const tokenResource: Resource<typeof putTokenSchema, Token> = {
  noun: 'token',
  schema: putTokenSchema,
  guarded: ['groupId', 'expiresAt', 'allowedAt', 'limit', 'prepaid'],
  identity: { member: 'idToken', same: (given, named) => tokenIdentity(given) === tokenIdentity(named) },
  writtenAs: ({ idToken: _name, allowedAt = [], limit = null, prepaid = null, ...written }) => ({
    ...{ ...written, limit, prepaid },
    allowedAt: allowedAt.map(({ evses, ...place }) => (evses === undefined ? place : { ...place, evses: [...evses] })),
  }),
};
