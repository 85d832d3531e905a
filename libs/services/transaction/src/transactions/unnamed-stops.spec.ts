import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 36_000_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();
let stations = 0;
let who: SendingStation & { station: string };
beforeEach(() => (who = { protocol: 'ocpp1.6', station: `unnamed-${++stations}` }));

const start = async (change: object = {}): Promise<number> => {
  const content = { connectorId: 1, idTag: 'TAG-1', meterStart: 1000, timestamp: at(0), ...change };
  return Number((await service.receive(who, 'StartTransaction', content))['transactionId']);
};
const stop = (transactionId: number, change: object = {}) =>
  service.receive(who, 'StopTransaction', { transactionId, idTag: 'TAG-1', meterStop: 8350, timestamp: at(30), ...change });
const bills = async () =>
  (await service.transactionsOf(who.station))
    .map(({ ocppTransactionId, state, startedAt, endedAt, energyWh, flags }) => ({
      ocppTransactionId: Number(ocppTransactionId),
      state,
      startedAt,
      endedAt,
      energyWh,
      flags,
    }))
    .reverse();
const ended = (ocppTransactionId: number, flags = ['matched-stop']) => ({
  ocppTransactionId,
  state: 'ended',
  startedAt: at(0),
  endedAt: at(30),
  energyWh: 7350,
  flags,
});

// the last is what JSON makes of 9223372036854775807 (quirk 18)
describe.each([-1, 0, 987_654_321, 2 ** 63])('a 1.6 stop of transaction %d, which the station was never given', (unknown) => {
  it('errata 3.18, quirk 4 ends the only transaction it can mean, and is answered like any stop', async () => {
    const id = await start();
    expect(await stop(unknown)).toEqual({ idTagInfo: { status: 'Invalid' } });
    expect(await bills()).toMatchObject([{ ...ended(id), flags: expect.arrayContaining(['matched-stop']) }]);
    expect(service.publishedEnds(who.station)).toMatchObject([{ revision: 1, ocppTransactionId: String(id), energyWh: 7350 }]);
  });

  it('errata 3.18 ends the same transaction when it is repeated, though another is open by then', async () => {
    const first = await start();
    await stop(unknown);
    const second = await start({ timestamp: at(40), meterStart: 8350 });
    await stop(unknown);
    service.restart();
    await stop(unknown);
    expect(await bills()).toMatchObject([
      { ocppTransactionId: first, state: 'ended', energyWh: 7350 },
      { ocppTransactionId: second, state: 'active' },
    ]);
    expect(service.publishedEnds(who.station)).toHaveLength(1);
  });

  it('O3 stays an orphan when it was one, though a transaction that it could mean becomes known later', async () => {
    await stop(unknown);
    const id = await start();
    await stop(unknown);
    expect(await bills()).toHaveLength(2);
    expect(await bills()).toContainEqual(expect.objectContaining({ ocppTransactionId: id, state: 'active' }));
  });

  it('errata 3.18 is an orphan where two transactions could be meant, and ends neither', async () => {
    const ids = [await start(), await start({ connectorId: 2 })];
    await stop(unknown);
    const known = await bills();
    expect(known.filter(({ state }) => state === 'active').map(({ ocppTransactionId }) => ocppTransactionId)).toEqual(
      expect.arrayContaining(ids),
    );
    expect(known).toHaveLength(3);
  });

  it('section 4.10 gives way to the stop that names the transaction', async () => {
    const id = await start();
    await stop(unknown, { meterStop: 5_000, timestamp: at(20) });
    await stop(id);
    await stop(unknown, { meterStop: 5_000, timestamp: at(20) });
    expect(await bills()).toEqual([{ ...ended(id), flags: ['unknown-token'] }]);
    expect(service.publishedEnds(who.station)).toMatchObject([
      { revision: 1, energyWh: 4000 },
      { revision: 2, energyWh: 7350 },
    ]);
  });
});

it('quirk 59 a session that is stopped as it starts is one that charged nothing, and no other', async () => {
  const id = await start();
  await stop(-1, { meterStop: 1000, timestamp: at(0), reason: 'Other' });
  expect(await bills()).toMatchObject([{ ocppTransactionId: id, state: 'ended', startedAt: at(0), endedAt: at(0), energyWh: 0 }]);
  expect(service.publishedEnds(who.station)).toMatchObject([{ energyWh: 0, stopReason: 'Other' }]);
});

it("O3, CVE-2026-28230 an unnamed stop ends no other station's and no other tenant's transaction", async () => {
  await start();
  const victim = who.station;
  who = { ...who, station: 'unnamed-thief' };
  await stop(-1);
  who = { ...who, station: victim, tenant: 'other' };
  await stop(-1);
  who = { protocol: 'ocpp1.6', station: victim };
  expect(await bills()).toMatchObject([{ state: 'active' }]);
});

describe('errata 3.18 a stop that names no transaction of its station', () => {
  it.each([-1, 7_654_321])('with a register far away is an orphan, and ends nobody: %d', async (unknown) => {
    const id = await start();
    await stop(unknown, { idTag: undefined, meterStop: 905_000 });
    await stop(unknown, { meterStop: 12_905_000 });
    expect((await bills()).filter(({ state }) => state === 'active').map(({ ocppTransactionId }) => ocppTransactionId)).toEqual([id]);
    expect(await bills()).toHaveLength(3);
  });

  it('ends the only one it can mean though its time is before the start: clocks are not trusted', async () => {
    const id = await start({ timestamp: at(20) });
    await stop(-1, { timestamp: at(10), meterStop: 3_000 });
    expect(await bills()).toMatchObject([{ ocppTransactionId: id, state: 'ended', energyWh: 2_000 }]);
    expect((await bills())[0]?.flags).toEqual(expect.arrayContaining(['matched-stop', 'stop-before-start']));
  });

  it('by another card of the group ends it, by another card does not', async () => {
    const token = { type: 'ISO14443', status: 'Accepted', groupId: 'FLEET', expiresAt: null, concurrent: true } as const;
    for (const idToken of ['F-1', 'F-2']) await service.tokenStore.put('default', { ...token, idToken });
    const id = await start({ idTag: 'F-1' });
    await stop(-1, { idTag: 'F-3' });
    await stop(-1, { idTag: 'F-2', timestamp: at(31) });
    expect(await bills()).toContainEqual(expect.objectContaining({ ocppTransactionId: id, state: 'ended' }));
  });

  it.each([0, -1, 987_654_321])('repeated with another time is the same stop, of a session or an orphan: %d', async (unknown) => {
    await start();
    await stop(unknown);
    await stop(unknown, { timestamp: at(31) });
    await stop(unknown, { timestamp: at(31) });
    expect(await bills()).toHaveLength(1);
    await stop(unknown, { meterStop: 999 });
    await stop(unknown, { meterStop: 999, timestamp: at(31) });
    expect(await bills()).toHaveLength(2);
    // another session, though the content is the same but for the time
    await start({ timestamp: at(35) });
    await stop(unknown, { timestamp: at(36) });
    expect((await bills()).map(({ state }) => state)).toEqual(['ended', 'ended', 'ended']);
  });
});

it('errata 3.18 of a station with more open sessions than are looked at a stop means none, and ends none', async () => {
  const ids: number[] = [];
  for (let connectorId = 1; connectorId <= 11; connectorId++) ids.push(await start({ connectorId }));
  await stop(-1);
  const known = await bills();
  expect(known.filter(({ state }) => state === 'active')).toHaveLength(ids.length);
});
