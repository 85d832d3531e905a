import { MAX_STATION_LENGTH, MAX_TOKEN_GROUP_LENGTH, reservationSchema, reservationStateSchema } from '@voltbus/contracts';
import { anyOf, defineList, evseNumber, idTokenText, instant, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { MAX_AHEAD_MS, MIN_AHEAD_MS } from '../limits';

/** Characters of the type of a connector, as OCPP 2.1 has them. */
const MAX_CONNECTOR_TYPE = 20;

/** `POST /v1/stations/{station}/reservations`. */
export const reservationPostSchema = z
  .strictObject({
    idToken: idTokenText.describe('Who may use it; need not be a token that is kept here. One that is kept must be `Accepted`'),
    groupId: text
      .min(1)
      .max(MAX_TOKEN_GROUP_LENGTH)
      .optional()
      .describe('Tokens of this group may use it too; default: the group of the token'),
    evse: evseNumber
      .optional()
      .describe('EVSE of the station (1.6: its connector); default: any that is free, where the station can do so'),
    connectorType: text
      .min(1)
      .max(MAX_CONNECTOR_TYPE)
      .optional()
      .describe('Type of the connector, as OCPP 2.x names it (`cCCS2`, `sType2` ...); not for stations of 1.6'),
    expiresAt: instant.describe(`When the station gives it up: ${MIN_AHEAD_MS / 1_000} seconds to ${MAX_AHEAD_MS / 86_400_000} days ahead`),
  })
  .meta({ id: 'ReservationPost', description: 'For whom a place is kept, where, and how long' });

/** `GET /v1/reservations`. */
export const reservationList = defineList({
  item: reservationSchema,
  keys: ['id'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    state: oneOf(reservationStateSchema).optional(),
    idToken: anyOf(idTokenText).optional().describe('Without regard to case'),
    from: instant.optional().describe('Requested then or later'),
    to: instant.optional().describe('Requested before'),
  },
  sorts: ['createdAt', 'expiresAt'],
  defaultSort: '-createdAt',
});
