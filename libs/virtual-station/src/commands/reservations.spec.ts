import type { Protocol } from '@voltbus/contracts';
import { ForeignCsms, LONG_MS, until } from '../testing/foreign-csms';

let csms: ForeignCsms;
beforeEach(async () => (csms = await ForeignCsms.start()));
afterEach(() => csms.stop());

describe.each<Protocol>(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('a station of %s with reservations', (protocol) => {
  const is16 = protocol === 'ocpp1.6';
  const reserve = (id: number, evse: number, aheadMs = 60_000) => {
    const expires = new Date(Date.now() + aheadMs).toISOString();
    const payload = is16
      ? { reservationId: id, connectorId: evse, expiryDate: expires, idTag: 'TAG' }
      : { id, expiryDateTime: expires, idToken: { idToken: 'TAG', type: 'Central' }, ...(evse === 0 ? {} : { evseId: evse }) };
    return csms.call('ReserveNow', payload);
  };

  it('keeps one for an EVSE, says so, and names it in the session that uses it', async () => {
    const station = csms.startStation(protocol);
    await station.whenReady();
    await expect(reserve(7, 1)).resolves.toEqual({ status: 'Accepted' });
    await expect(reserve(8, 1)).resolves.toEqual({ status: 'Occupied' });
    await expect(reserve(7, 1)).resolves.toEqual({ status: 'Accepted' });
    await expect(csms.call('CancelReservation', { reservationId: 8 })).resolves.toEqual({ status: 'Rejected' });
    await station.charge({ idToken: 'TAG', seconds: 0.1, readEverySeconds: 0.1 });
    await station.stop(LONG_MS);
    const named = csms.received.filter(({ payload }) => payload['reservationId'] === 7);
    expect(named.map(({ action }) => action)).toEqual([is16 ? 'StartTransaction' : 'TransactionEvent']);
    expect(csms.received.some(({ payload }) => (payload['status'] ?? payload['connectorStatus']) === 'Reserved')).toBe(true);
    expect(csms.violations).toEqual([]);
  });

  it('lets one go at its time, and reports so where the version can', async () => {
    await csms.startStation(protocol).whenReady();
    await expect(reserve(9, 1, 200)).resolves.toEqual({ status: 'Accepted' });
    const states = () => csms.received.map(({ payload }) => payload['status'] ?? payload['connectorStatus']);
    await until(() => states().includes('Reserved') && states().lastIndexOf('Available') > states().indexOf('Reserved'));
    if (!is16) await until(() => csms.actions('ReservationStatusUpdate').length > 0);
    await expect(reserve(10, 1)).resolves.toEqual({ status: 'Accepted' });
    await expect(reserve(11, 1, -1)).resolves.toEqual({ status: 'Rejected' });
  });
});
