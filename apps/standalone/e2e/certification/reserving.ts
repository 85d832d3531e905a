import type { Reservation } from '@voltbus/contracts';
import { eventually, type ForeignStation } from '@voltbus/testing';
import { TOKENS, type World } from './world';

type Payload = Record<string, unknown>;

/** An operator's reservation at the station, which answers so. Returns it once it is in that state, with the call that the station got. */
export async function reserved(
  world: World,
  station: ForeignStation,
  { answer = 'Accepted', state = 'reserved', seconds = 600, ...place }: ReservedAs = {},
): Promise<{ reservation: Reservation; call: Payload }> {
  station.answer('ReserveNow', () => ({ status: answer }));
  const expiresAt = new Date(Date.now() + seconds * 1_000).toISOString();
  const path = `/v1/stations/${station.options.station}/reservations`;
  const { status, body } = await world.api.post<Reservation>(path, { idToken: TOKENS.VALID, expiresAt, ...place });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  const reservation = await inState(world, body, state);
  const call = station.received.filter(({ action }) => action === 'ReserveNow').at(-1);
  return { reservation, call: call?.payload as Payload }; // what the client parsed of a CALL is an object
}

interface ReservedAs {
  answer?: string;
  state?: Reservation['state'];
  seconds?: number;
  idToken?: string;
  evse?: number;
  connectorType?: string;
}

export async function inState(world: World, { id }: Reservation, state: Reservation['state']): Promise<Reservation> {
  const { body } = await eventually(
    () => world.api.get<Reservation>(`/v1/reservations/${id}`),
    (reply) => reply.body.state === state,
  );
  return body;
}

/** The operator cancels it, and the station answers so. */
export async function cancelled(world: World, station: ForeignStation, reservation: Reservation, answer: string): Promise<Reservation> {
  station.answer('CancelReservation', () => ({ status: answer }));
  await world.api.post(`/v1/reservations/${reservation.id}/cancel`, {});
  await world.expectCalledOnce(station, 'CancelReservation', { reservationId: reservation.reservationId });
  return inState(world, reservation, 'cancelled');
}
