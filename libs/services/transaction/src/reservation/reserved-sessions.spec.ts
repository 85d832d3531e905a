import type { Reservation } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/service-fixture';
import { Reserving } from './testing/reserving';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let service: ServiceFixture;
let reserving: Reserving;
let stations = 0;
const newStation = () => ({ tenant: 'default', station: `CS-U${++stations}` });

beforeAll(async () => {
  service = await startService();
  reserving = new Reserving(service, 'ocpp2.0.1');
  const token = { type: 'ISO14443', status: 'Accepted', expiresAt: null, concurrent: true } as const;
  await service.tokenStore.put('default', { ...token, idToken: 'Tag-1', groupId: 'Fleet' });
  await service.tokenStore.put('default', { ...token, idToken: 'Tag-2', groupId: 'Fleet' });
  await service.tokenStore.put('default', { ...token, idToken: 'Stranger', groupId: null });
});
afterEach(() => void (service.clock.at = () => new Date()));
afterAll(() => service?.close());

const stored = ({ tenant, id }: Reservation) => reserving.reservations.find(tenant, id);

/** 1.6. Resolves with the transaction. */
async function start16(station: string, more: object = {}, at = new Date()) {
  const payload = { connectorId: 1, idTag: 'Tag-1', meterStart: 0, timestamp: at.toISOString(), ...more };
  const answer = await service.receive({ protocol: 'ocpp1.6', station }, 'StartTransaction', payload);
  const [transaction] = await service.transactionsOf(station);
  return { answer, transaction };
}

function event(station: string, seqNo: number, more: object, receivedAt = new Date()) {
  const payload = {
    ...{ eventType: seqNo === 0 ? 'Started' : 'Updated', seqNo, timestamp: receivedAt.toISOString(), triggerReason: 'Trigger' },
    ...{ transactionInfo: { transactionId: 'T1' }, evse: { id: 1 }, ...more },
  };
  return service.receive({ protocol: 'ocpp2.0.1', station, receivedAt }, 'TransactionEvent', payload);
}

describe('a reserved session', () => {
  it('1.6 section 4.8 is tied to the reservation that its start names, and its end carries it', async () => {
    const made = await reserving.reserved(newStation());
    const { answer, transaction } = await start16(made.station, { reservationId: made.reservationId });
    expect(transaction).toMatchObject({ reservation: made.id, flags: [] });
    expect(await stored(made)).toMatchObject({ state: 'used', transaction: transaction?.id });
    const stop = { transactionId: answer['transactionId'], meterStop: 1_000, timestamp: new Date().toISOString() };
    await service.receive({ protocol: 'ocpp1.6', station: made.station }, 'StopTransaction', stop);
    expect(service.publishedEnds(made.station)).toMatchObject([{ id: transaction?.id, reservation: made.id }]);
  });

  it('H03.FR.01, H03.FR.04: is tied by its token, or by a token of the group, where the station names none', async () => {
    for (const idTag of ['tag-1', 'Tag-2']) {
      const made = await reserving.reserved(newStation(), { evse: idTag === 'Tag-2' ? null : 1 });
      const { transaction } = await start16(made.station, { idTag });
      expect(transaction).toMatchObject({ reservation: made.id });
    }
  });

  it('is tied by its token where the station names 0, as some do that know of none', async () => {
    for (const reservationId of [0, -1]) {
      const made = await reserving.reserved(newStation());
      const { transaction } = await start16(made.station, { reservationId });
      expect(transaction).toMatchObject({ reservation: made.id, flags: [] });
    }
  });

  it('is found among any number of reservations that were cancelled and would have expired later', async () => {
    const made = await reserving.reserved(newStation());
    await service.database.query(
      `INSERT INTO transactions.reservations (tenant, id, station, reservation_id, id_token, token, state, created_at, expires_at, ended_at, command, changes)
       SELECT tenant, gen_random_uuid(), station, 2000000000 + nth, id_token, token, 'cancelled', created_at, expires_at + interval '1 hour', now(), command, 1
       FROM transactions.reservations, generate_series(1, 300) AS nth WHERE id = $1`,
      [made.id],
    );
    const { transaction } = await start16(made.station);
    expect(transaction).toMatchObject({ reservation: made.id });
  });

  it('E01.FR.13: the number may come before the token, or after it', async () => {
    const before = await reserving.reserved(newStation());
    await event(before.station, 0, { reservationId: before.reservationId });
    expect(await stored(before)).toMatchObject({ state: 'reserved' });
    await event(before.station, 1, { idToken: { idToken: 'Tag-1', type: 'ISO14443' } });
    expect(await service.transactionsOf(before.station)).toMatchObject([{ reservation: before.id }]);

    const after = await reserving.reserved(newStation(), { evse: 2 }); // so that the token alone does not tie them
    await event(after.station, 0, { idToken: { idToken: 'Tag-1', type: 'ISO14443' } });
    expect(await stored(after)).toMatchObject({ state: 'reserved' });
    await event(after.station, 1, { reservationId: after.reservationId });
    expect(await stored(after)).toMatchObject({ state: 'used' });
  });

  it('is not given a reservation of somebody else: it is flagged, and the reservation stays', async () => {
    const made = await reserving.reserved(newStation());
    const { transaction } = await start16(made.station, { idTag: 'Stranger', reservationId: made.reservationId });
    expect(transaction?.flags).toContain('foreign-reservation');
    expect(transaction).not.toHaveProperty('reservation');
    expect(await stored(made)).toMatchObject({ state: 'reserved', transaction: null });
  });

  it('is not given one that another session has used, though the station names it again', async () => {
    const made = await reserving.reserved(newStation());
    await start16(made.station, { reservationId: made.reservationId });
    await start16(made.station, { reservationId: made.reservationId, meterStart: 5, connectorId: 2 });
    const sessions = await service.transactionsOf(made.station);
    expect(sessions.map(({ reservation }) => reservation ?? null).sort()).toEqual([made.id, null].sort());
    expect(sessions.find(({ reservation }) => reservation === undefined)?.flags).toContain('foreign-reservation');
  });

  it('is tied once, however often its start is sent', async () => {
    const made = await reserving.reserved(newStation());
    const at = new Date();
    await start16(made.station, { reservationId: made.reservationId }, at);
    await start16(made.station, { reservationId: made.reservationId }, at);
    const changed = service.published.filter(({ value }) => (value as { id?: string; state?: string }).id === made.id);
    expect(changed.map(({ value }) => (value as Reservation).state)).toEqual(['requested', 'reserved', 'used']);
  });
});

describe('a session and the end of its reservation', () => {
  it('in the same moment: whichever is stored first, the session has it', async () => {
    for (let run = 0; run < 10; run++) {
      const made = await reserving.reserved(newStation());
      service.clock.at = () => new Date(Date.now() + HOUR_MS);
      const at = new Date(Date.parse(made.expiresAt) - 1);
      const [, { transaction }] = await Promise.all([service.reservationResults.expire(), start16(made.station, {}, at)]);
      service.clock.at = () => new Date();
      expect(await stored(made)).toMatchObject({ state: 'used', transaction: transaction?.id });
    }
  });

  it('that is heard of a day after it, from an offline station, has used it', async () => {
    const made = await reserving.reserved(newStation());
    service.clock.at = () => new Date(Date.now() + DAY_MS);
    await service.reservationUpkeep.sweep();
    expect(await stored(made)).toMatchObject({ state: 'expired' });
    const receivedAt = new Date(Date.now() + DAY_MS);
    const idToken = { idToken: 'Tag-1', type: 'ISO14443' };
    await event(made.station, 0, { idToken, offline: true, timestamp: new Date(Date.now() + 60_000).toISOString() }, receivedAt);
    expect(await stored(made)).toMatchObject({ state: 'used' });
  });

  it('with a clock that is 23 hours ahead has used it all the same', async () => {
    const made = await reserving.reserved(newStation());
    const { transaction } = await start16(made.station, {}, new Date(Date.now() + DAY_MS - HOUR_MS));
    expect(transaction).toMatchObject({ reservation: made.id });
  });
});
