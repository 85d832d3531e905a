import { z } from 'zod';

const instant = z.iso.datetime();

export const RESERVATION_STATES = [
  'requested',
  'reserved',
  'cancelling',
  'refused',
  'used',
  'cancelled',
  'expired',
  'removed',
  'no-transaction',
] as const;

export const reservationStateSchema = z.enum(RESERVATION_STATES).meta({
  id: 'ReservationState',
  description:
    '`requested`: the station has not answered; `reserved`: it holds the place; `cancelling`: it was asked to let it go, and has not answered. The others are final: `refused`: it was never held; `used`: a session has used it; `cancelled`; `expired`: nobody came; `removed`: the station gave it up; `no-transaction`: the driver came, and did not charge (OCPP 2.1). `used` takes the place of the other final states when the session is heard of late',
});
export type ReservationState = z.output<typeof reservationStateSchema>;

/** A reservation as `csms.transactions.v1` carries it, and as the API shows it. */
export const reservationSchema = z
  .object({
    id: z.uuid().describe('Id of the reservation in Voltbus'),
    tenant: z.string(),
    station: z.string(),
    reservationId: z.int().describe('Identifies it at its station: a positive number of 31 bits'),
    evse: z.int().nullable().describe('The EVSE that is reserved (1.6: the connector); null: any of the station'),
    connectorType: z.string().nullable().describe('The type of the connector, as OCPP 2.x names it; null: any'),
    idToken: z.string().describe('Who may use it'),
    groupId: z.string().nullable().describe('Tokens of this group may use it too'),
    state: reservationStateSchema,
    answer: z
      .string()
      .nullable()
      .describe(
        'The last answer of the station to the request (`Accepted`, `Faulted`, `Occupied`, `Rejected`, `Unavailable`), or how the command ended instead (`offline`, `unknown`, an error code ...)',
      ),
    cancellation: z.string().nullable().describe('The same of the request to cancel it; null: there was none'),
    update: z.string().nullable().describe('What the station last reported of it (`Expired`, `Removed`, `NoTransaction`); null: nothing'),
    createdAt: instant,
    expiresAt: instant.describe('The station gives it up then'),
    endedAt: instant.nullable().describe('When it reached a final state'),
    transaction: z.uuid().nullable().describe('The transaction that used it'),
  })
  .meta({ id: 'Reservation', description: 'A place at a station that is kept for a token until some time' });
export type Reservation = z.output<typeof reservationSchema>;
