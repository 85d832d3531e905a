import { cancelled, inState, reserved } from '../reserving';
import { GROUP, TOKENS, type World } from '../world';
import { authorized, started, status, stopped } from './session';

export function reservation(world: () => World): void {
  it.each([
    ['TC_046_CSMS', 'a connector', { evse: 1 }, 1],
    ['TC_049_CSMS', 'the charge point', {}, 0],
  ] as const)('%s reserves %s, and bills the session that used it with its reservation', async (_case, _what, place, connectorId) => {
    const station = await world().booted('ocpp1.6');
    const { reservation, call } = await reserved(world(), station, place);
    const { reservationId, expiresAt: expiryDate } = reservation;
    expect(call).toEqual({ connectorId, expiryDate, idTag: TOKENS.VALID, reservationId });
    if (connectorId === 1) await status(station, 'Reserved');
    const { transactionId } = await started(station, TOKENS.VALID, 0, reservationId);
    await stopped(station, transactionId, { reason: 'Local', idTag: TOKENS.VALID });
    const { id } = await world().transaction(station, { state: 'ended', reservation: reservation.id });
    expect(await inState(world(), reservation, 'used')).toMatchObject({ transaction: id });
    expect(await world().cdr(station)).toMatchObject({ transaction: id, reservation: reservation.id });
  });

  it('TC_047_CSMS shows that nobody came in time', async () => {
    const station = await world().booted('ocpp1.6');
    const { reservation } = await reserved(world(), station, { evse: 1, seconds: 2 });
    await status(station, 'Reserved');
    await status(station, 'Available');
    expect(await inState(world(), reservation, 'expired')).toMatchObject({ transaction: null });
  });

  it.each([
    ['TC_048_1_CSMS', 'Faulted'],
    ['TC_048_2_CSMS', 'Occupied'],
    ['TC_048_3_CSMS', 'Unavailable'],
    ['TC_048_4_CSMS', 'Rejected'],
  ])('%s shows that the station did not reserve (%s)', async (_case, answer) => {
    const station = await world().booted('ocpp1.6');
    const { reservation } = await reserved(world(), station, { evse: 1, answer, state: 'refused' });
    expect(reservation).toMatchObject({ answer });
  });

  it.each([
    ['TC_051_CSMS', 'Accepted'],
    ['TC_052_CSMS', 'Rejected'],
  ])('%s cancels a reservation (%s)', async (_case, answer) => {
    const station = await world().booted('ocpp1.6');
    const { reservation } = await reserved(world(), station, { evse: 1 });
    expect(await cancelled(world(), station, reservation, answer)).toMatchObject({ cancellation: answer });
  });

  it('TC_053_CSMS lets another token of the group use the reservation', async () => {
    const station = await world().booted('ocpp1.6');
    const { reservation, call } = await reserved(world(), station, { evse: 1, idToken: TOKENS.GROUP_ONE });
    expect(call).toMatchObject({ parentIdTag: GROUP });
    await status(station, 'Reserved');
    expect(await authorized(station, TOKENS.GROUP_TWO)).toMatchObject({ status: 'Accepted', parentIdTag: GROUP });
    await started(station, TOKENS.GROUP_TWO, 0, reservation.reservationId);
    await inState(world(), reservation, 'used');
  });
}
