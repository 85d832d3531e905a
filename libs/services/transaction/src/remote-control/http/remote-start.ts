import { evseNumber, idTokenText } from '@voltbus/http';
import { z } from 'zod';
import { limitSchema } from '../../limits';

/** `GET /v1/remote-starts/{command}`. */
export const remoteStartViewSchema = z
  .object({
    command: z.uuid().describe('The command that carries it'),
    station: z.string(),
    idToken: z.string(),
    evse: z.int().nullable(),
    askedAt: z.iso.datetime().describe('When it was asked for'),
    state: z
      .enum(['waiting', 'started', 'refused', 'no-transaction'])
      .describe('`no-transaction`: nothing began within five minutes; a station that was offline may still tell of it'),
    refusal: z.string().nullable().describe("The station's status, or how the command ended instead"),
    transaction: z.uuid().nullable().describe('The transaction that followed'),
  })
  .meta({ id: 'RemoteStart', description: 'What became of a remote start' });
export type RemoteStartView = z.output<typeof remoteStartViewSchema>;

/** `POST /v1/stations/{station}/remote-start`. */
export const remoteStartSchema = z
  .strictObject({
    idToken: idTokenText.describe('Who charges; need not be a token that is kept here'),
    evse: evseNumber.optional().describe('EVSE of the station (1.6: its connector); some stations refuse without'),
    paid: z
      .boolean()
      .optional()
      .describe(
        'It was paid for at a terminal beside the station (C24): idToken is the reference of the payment. Only stations of OCPP 2.1',
      ),
    limit: limitSchema.optional().describe('For the session that follows'),
  })
  .meta({ id: 'RemoteStartPost', description: 'Who shall charge, and where' });
