import { STATIONS, TRANSACTIONS, CsmsError, type Reservation, type ReservationState } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/service-fixture';
import { MAX_LIVE, RESEND_MS } from './limits';
import { Reserving } from './testing/reserving';

let service: ServiceFixture;
let reserving: Reserving;
let stations = 0;
const newStation = () => ({ tenant: 'default', station: `CS-R${++stations}` });

beforeAll(async () => {
  service = await startService();
  reserving = new Reserving(service, 'ocpp2.0.1');
});
afterEach(() => {
  service.clock.at = () => new Date();
  reserving.takes = () => 'queued';
});
afterAll(() => service?.close());

const later = (ms: number) => (service.clock.at = () => new Date(Date.now() + ms));
const stored = ({ tenant, id }: Reservation) => reserving.reservations.find(tenant, id);
const changesOf = ({ id }: Reservation): ReservationState[] =>
  service.published
    .filter(({ event }) => event.type === TRANSACTIONS.events.reservationChanged.type)
    .map(({ value }) => value as Reservation)
    .filter((value) => value.id === id)
    .map(({ state }) => state);

describe('a reservation', () => {
  it('H01 is asked for under a number of ours, and its states are published in their order', async () => {
    const ref = newStation();
    await service.tokenStore.put('default', {
      ...{ idToken: 'Tag-Fleet', type: 'ISO14443', status: 'Accepted', groupId: 'Fleet', expiresAt: null, concurrent: true },
    });
    const made = await reserving.reserve(ref, { idToken: 'TAG-FLEET', evse: 2, connectorType: 'cCCS2' });
    expect(reserving.sent.at(-1)).toMatchObject({
      ref,
      action: 'ReserveNow',
      payload: {
        ...{ id: made.reservationId, expiryDateTime: made.expiresAt, evseId: 2, connectorType: 'cCCS2' },
        ...{ idToken: { idToken: 'Tag-Fleet', type: 'ISO14443' }, groupIdToken: { idToken: 'Fleet', type: 'Central' } },
      },
    });
    expect(made).toMatchObject({ state: 'requested', answer: null, groupId: 'Fleet' });
    await reserving.answer('Accepted');
    expect(await stored(made)).toMatchObject({ state: 'reserved', answer: 'Accepted', endedAt: null });
    expect(changesOf(made)).toEqual(['requested', 'reserved']);
  });

  it('1.6 section 5.13 is asked for by connector, 0 for any, with the group as parentIdTag; types of connectors are refused', async () => {
    const old = new Reserving(service, 'ocpp1.6');
    const made = await old.reserve(newStation(), { evse: null, groupId: 'Fleet' });
    expect(old.sent).toMatchObject([
      { payload: { connectorId: 0, expiryDate: made.expiresAt, idTag: 'Tag-1', parentIdTag: 'Fleet', reservationId: made.reservationId } },
    ]);
    await expect(old.reserve(newStation(), { connectorType: 'cCCS2' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each(['Faulted', 'Occupied', 'Rejected', 'Unavailable'])(
    'H01.FR.11 to 14: the answer %s is kept, and the place is free',
    async (status) => {
      const ref = newStation();
      const made = await reserving.reserve(ref);
      await reserving.answer(status);
      expect(await stored(made)).toMatchObject({ state: 'refused', answer: status });
      await expect(reserving.reserve(ref)).resolves.toMatchObject({ state: 'requested' });
    },
  );

  it('of a station that is offline is refused at once, and of a command that is not taken as well', async () => {
    reserving.takes = () => 'offline';
    expect(await reserving.reserve(newStation())).toMatchObject({ state: 'refused', answer: 'offline' });
    const ref = newStation();
    reserving.takes = () => new CsmsError('invalid', 'no such connectorType');
    await expect(reserving.reserve(ref)).rejects.toMatchObject({ code: 'invalid' });
    reserving.takes = () => 'queued';
    await expect(reserving.reserve(ref)).resolves.toMatchObject({ state: 'requested' });
  });

  it('is refused for a blocked token, in the past, and too far ahead', async () => {
    const blocked = { idToken: 'Tag-Blocked', type: 'ISO14443', groupId: null, expiresAt: null, concurrent: true } as const;
    await service.tokenStore.put('default', { ...blocked, status: 'Blocked' });
    const conflict = { code: 'conflict' };
    await expect(reserving.reserve(newStation(), { idToken: 'Tag-Blocked' })).rejects.toMatchObject(conflict);
    for (const ahead of [-86_400_000, 0, 8 * 86_400_000])
      await expect(reserving.reserve(newStation(), { expiresAt: new Date(Date.now() + ahead).toISOString() })).rejects.toMatchObject(
        conflict,
      );
  });

  it('never gets a number that its station was given before', async () => {
    const ref = newStation();
    const numbers = [7, 7, 7, 8];
    const drawing = new Reserving(service, 'ocpp2.0.1', () => numbers.shift() ?? 9);
    expect(await drawing.reserve(ref)).toMatchObject({ reservationId: 7 });
    await drawing.answer('Rejected');
    expect(await drawing.reserve(ref)).toMatchObject({ reservationId: 8 });
  });
});

describe('reservations at once', () => {
  it('of one connector, by ten callers in the same moment: one is asked for', async () => {
    const ref = newStation();
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => reserving.reserve(ref)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
    expect(reserving.sent.filter((command) => command.ref.station === ref.station)).toHaveLength(1);
  });

  it('of any EVSE are as many as the station has', async () => {
    const ref = newStation();
    const evses = [1, 2, 3].map((evse) => ({ evse, connectorTypes: null }));
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => reserving.reserve(ref, { evse: null }, evses)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('are bounded for a station that has told of no EVSE', async () => {
    const ref = newStation();
    await Promise.all(Array.from({ length: MAX_LIVE }, (_, nth) => reserving.reserve(ref, { evse: nth + 1 })));
    await expect(reserving.reserve(ref, { evse: MAX_LIVE + 1 })).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a reservation that ends', () => {
  it('H02 is cancelled when the station says so, and only once', async () => {
    const made = await reserving.reserved(newStation());
    expect(await reserving.reservations.cancel('default', made.id)).toMatchObject({ state: 'cancelling' });
    expect(reserving.sent.at(-1)).toMatchObject({ action: 'CancelReservation', payload: { reservationId: made.reservationId } });
    await reserving.answer('Accepted');
    expect(await stored(made)).toMatchObject({ state: 'cancelled', cancellation: 'Accepted' });
    await expect(reserving.reservations.cancel('default', made.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(changesOf(made)).toEqual(['requested', 'reserved', 'cancelling', 'cancelled']);
  });

  it('is cancelled by a command that an operator sends by hand, of that station only', async () => {
    const made = await reserving.reserved(newStation());
    const payload = { reservationId: made.reservationId };
    const command = { id: '7b1f2a9e-1111-4000-8000-000000000001', tenant: 'default', action: 'CancelReservation', payload };
    await reserving.end({ ...command, station: 'another' }, { response: { status: 'Accepted' } });
    expect(await stored(made)).toMatchObject({ state: 'reserved' });
    await reserving.end({ ...command, station: made.station }, { response: { status: 'Accepted' } });
    expect(await stored(made)).toMatchObject({ state: 'cancelled' });
  });

  it('H04 expires at its time where the station says nothing, in one sweep with others', async () => {
    const made = await Promise.all([newStation(), newStation()].map((ref) => reserving.reserve(ref)));
    const held = await reserving.reserved(newStation());
    await service.reservationUpkeep.sweep();
    expect(await stored(held)).toMatchObject({ state: 'reserved' });
    later(3_601_000);
    await service.reservationUpkeep.sweep();
    expect(await stored(held)).toMatchObject({ state: 'expired', update: null, transaction: null });
    for (const one of made) expect(await stored(one)).toMatchObject({ state: 'refused', answer: 'expired' });
  });

  it.each([
    ['Expired', 0, 'removed'],
    ['Removed', 0, 'removed'],
    ['Expired', 3_590_000, 'expired'],
    ['NoTransaction', 0, 'no-transaction'],
  ])('H01.FR.16, H03.FR.11, H04.FR.01: by the report %s after %d ms it is %s, and a repeat changes nothing', async (status, ms, state) => {
    const made = await reserving.reserved(newStation());
    const station = { protocol: 'ocpp2.1' as const, station: made.station, receivedAt: new Date(Date.now() + ms) };
    const update = { reservationId: made.reservationId, reservationUpdateStatus: status };
    expect(await service.receive(station, 'ReservationStatusUpdate', update)).toEqual({});
    await service.receive(station, 'ReservationStatusUpdate', { ...update, reservationUpdateStatus: 'Removed' });
    expect(await stored(made)).toMatchObject({ state, update: status });
    expect(changesOf(made)).toEqual(['requested', 'reserved', state]);
  });

  it('is not ended by the report of another station, or of a number that is none; those are kept as they came', async () => {
    const made = await reserving.reserved(newStation());
    const stranger = newStation().station;
    for (const reservationId of [made.reservationId, 2 ** 40, -1.5]) {
      const update = { reservationId, reservationUpdateStatus: 'Removed' };
      await service.receive({ protocol: 'ocpp2.0.1', station: stranger }, 'ReservationStatusUpdate', update);
    }
    expect(await stored(made)).toMatchObject({ state: 'reserved' });
    const kept: unknown[] = await service.database.query('SELECT FROM transactions.notices WHERE station = $1', [stranger]);
    expect(kept).toHaveLength(3);
  });

  it('is removed with its station', async () => {
    const made = await reserving.reserved(newStation());
    const value = { tenant: 'default', station: made.station, group: null };
    await service.deliver(STATIONS.events.deleted, value, { station: made.station, time: new Date().toISOString() });
    expect(await stored(made)).toMatchObject({ state: 'removed' });
  });
});

describe('a station that may have lost a reservation', () => {
  const sentTo = (station: string) => service.sent.filter((command) => command.station === station);

  it('is sent it again after a boot, under the same number, and says whether it still has it', async () => {
    const made = await reserving.reserved(newStation());
    const ref = { tenant: 'default', station: made.station };
    await service.connect(ref, 'ocpp2.0.1');
    await service.reservationUpkeep.sweep();
    expect(sentTo(made.station)).toEqual([]);
    await service.reservationUpkeep.onBoots([{ ref } as never]); // only the station of a boot counts
    await service.reservationUpkeep.sweep();
    const [again] = sentTo(made.station);
    expect(again).toMatchObject({ action: 'ReserveNow', payload: { id: made.reservationId, evseId: 1 } });
    await service.reservationUpkeep.sweep();
    expect(sentTo(made.station)).toHaveLength(1); // its answer is awaited
    if (again !== undefined) await reserving.end(again, { response: { status: 'Unavailable' } });
    expect(await stored(made)).toMatchObject({ state: 'removed', answer: 'Unavailable' });
  });

  it('is asked again when nobody knows whether it took it, once it is back, and not after the end of its time', async () => {
    const ref = newStation();
    const made = await reserving.reserve(ref);
    const { id = '', action = '', payload = {} } = reserving.sent.at(-1) ?? {};
    await reserving.end({ id, tenant: 'default', station: ref.station, action, payload }, { status: 'unknown' });
    expect(await stored(made)).toMatchObject({ state: 'requested', answer: 'unknown' });
    await service.reservationUpkeep.sweep();
    expect(sentTo(ref.station)).toEqual([]); // it is not connected
    await expect(reserving.reserve(ref)).rejects.toMatchObject({ code: 'conflict' });
    await service.connect(ref, 'ocpp2.0.1');
    await service.reservationUpkeep.sweep();
    await reserving.end(service.lastSent('ReserveNow'), { status: 'unknown' });
    later(RESEND_MS);
    await service.reservationUpkeep.sweep();
    expect(sentTo(ref.station)).toHaveLength(2);
    await reserving.end(service.lastSent('ReserveNow'), { response: { status: 'Accepted' } });
    expect(await stored(made)).toMatchObject({ state: 'reserved' });
  });

  it('H02 is asked to cancel when it is back, and not to reserve', async () => {
    const made = await reserving.reserved(newStation());
    reserving.takes = () => 'offline';
    expect(await reserving.reservations.cancel('default', made.id)).toMatchObject({ state: 'cancelling', cancellation: 'offline' });
    await service.connect({ tenant: 'default', station: made.station }, 'ocpp2.0.1');
    await service.reservationUpkeep.sweep();
    expect(sentTo(made.station).map(({ action }) => action)).toEqual(['CancelReservation']);
    await reserving.end(service.lastSent('CancelReservation'), { response: { status: 'Rejected' } });
    expect(await stored(made)).toMatchObject({ state: 'cancelled', cancellation: 'Rejected' });
  });

  it('that counts as connected and is not there is asked no more often than one that does not answer', async () => {
    const made = await reserving.reserved(newStation());
    await service.connect({ tenant: 'default', station: made.station }, 'ocpp2.0.1'); // its gateway died without a word
    reserving.takes = () => 'offline';
    await reserving.reservations.cancel('default', made.id);
    for (let nth = 0; nth < 60; nth++) {
      later(1_000_000 + nth * 5_000);
      await service.reservationUpkeep.sweep();
      const last = sentTo(made.station).at(-1);
      if (last !== undefined) await reserving.end(last, { status: 'offline' });
    }
    expect(sentTo(made.station).length).toBeGreaterThan(0);
    expect(sentTo(made.station).length).toBeLessThan(4);
  });
});
