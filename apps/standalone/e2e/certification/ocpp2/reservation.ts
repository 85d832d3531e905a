import { eventually, type ProtocolName } from '@voltbus/testing';
import { cancelled, inState, reserved } from '../reserving';
import { GROUP, TOKENS, type World } from '../world';
import { Session, authorized, status } from './session';

const REPORT = 'ReservationStatusUpdate';

export function reservation(world: () => World, protocol: ProtocolName): void {
  it.each([
    ['TC_H_01_CSMS', 'one EVSE', { evse: 1 }, { evseId: 1 }],
    ['TC_H_08_CSMS', 'any EVSE', {}, {}],
    ['TC_H_15_CSMS', 'a type of connector', { connectorType: 'cType2' }, { connectorType: 'cType2' }],
  ])('%s reserves %s, and bills the session that used it with its reservation', async (_case, _what, place, called) => {
    const station = await world().booted(protocol);
    const { reservation, call } = await reserved(world(), station, place);
    const { reservationId: id, expiresAt: expiryDateTime } = reservation;
    expect(call).toEqual({ id, expiryDateTime, idToken: { idToken: TOKENS.VALID, type: 'ISO14443' }, ...called });
    const session = new Session(station);
    await session.sendEvent('Started', 'CablePluggedIn', { charging: 'EVConnected', evse: true, drawnWh: 0 });
    await session.sendEvent('Updated', 'Authorized', { token: TOKENS.VALID, reservationId: id });
    await session.sendEvent('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 500 });
    const { id: transaction } = await world().transaction(station, { state: 'ended', reservation: reservation.id });
    expect(await inState(world(), reservation, 'used')).toMatchObject({ transaction });
    expect(await world().cdr(station)).toMatchObject({ transaction, reservation: reservation.id });
  });

  it('TC_H_07_CSMS answers that the reservation has ended without a session, and shows it', async () => {
    const station = await world().booted(protocol);
    const { reservation } = await reserved(world(), station, { evse: 1, seconds: 20 });
    await status(station, 'Reserved');
    await status(station, 'Available');
    const update = { reservationId: reservation.reservationId, reservationUpdateStatus: 'Expired' };
    expect(await station.call(REPORT, update)).toEqual({});
    expect(await inState(world(), reservation, 'expired')).toMatchObject({ update: 'Expired', transaction: null });
  });

  it('TC_H_14_CSMS reserves as many as there are EVSEs, and sees all of them reserved', async () => {
    const station = await world().booted(protocol);
    await reserved(world(), station);
    await status(station, 'Reserved');
    await world().connectorShown(station, 'Reserved');
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const path = `/v1/stations/${station.options.station}/reservations`;
    expect(await world().api.post(path, { idToken: TOKENS.VALID, expiresAt })).toMatchObject({ status: 409 });
  });

  it('TC_H_17_CSMS cancels a reservation', async () => {
    const station = await world().booted(protocol);
    const { reservation } = await reserved(world(), station, { evse: 1 });
    expect(await cancelled(world(), station, reservation, 'Accepted')).toMatchObject({ cancellation: 'Accepted' });
  });

  it('TC_H_19_CSMS lets another token of the group use the reservation', async () => {
    const station = await world().booted(protocol);
    const { reservation, call } = await reserved(world(), station, { evse: 1, idToken: TOKENS.GROUP_ONE });
    expect(call).toMatchObject({ groupIdToken: { idToken: GROUP } });
    expect(await authorized(station, TOKENS.GROUP_TWO)).toMatchObject({ status: 'Accepted', groupIdToken: { idToken: GROUP } });
    const session = new Session(station);
    const token = { token: TOKENS.GROUP_TWO, reservationId: reservation.reservationId };
    await session.sendEvent('Started', 'Authorized', { evse: true, ...token });
    await inState(world(), reservation, 'used');
  });

  it('TC_H_20_CSMS answers that the station gave the reservation up, and shows it', async () => {
    const station = await world().booted(protocol);
    const { reservation } = await reserved(world(), station, { evse: 1 });
    await status(station, 'Faulted');
    const update = { reservationId: reservation.reservationId, reservationUpdateStatus: 'Removed' };
    expect(await station.call(REPORT, update)).toEqual({});
    await eventually(
      () => inState(world(), reservation, 'removed'),
      ({ update: told }) => told === 'Removed',
    );
  });

  it('TC_H_22_CSMS shows that the station did not reserve', async () => {
    const station = await world().booted(protocol);
    const { reservation } = await reserved(world(), station, { evse: 1, answer: 'Rejected', state: 'refused' });
    expect(reservation).toMatchObject({ answer: 'Rejected' });
  });
}
