import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  for (const idToken of ['A', 'B']) await service.tokenStore.put('default', { ...token, idToken });
  await service.tokenStore.put('default', { ...token, idToken: 'BLOCKED', status: 'Blocked' });
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 7_200_000;
const when = (minutes: number) => new Date(BEGIN + minutes * 60_000);
const at = (minutes: number) => when(minutes).toISOString();
const STUCK = '1970-01-01T00:00:07Z';
let stations = 0;
let station: string;
beforeEach(() => (station = `starts-${++stations}`));
const who = (minute: number): SendingStation => ({ protocol: 'ocpp1.6', station, receivedAt: when(minute) });

/** Received at that minute; its clock is right unless another time is given. */
const start = async (minute: number, change: object = {}): Promise<number> => {
  const content = { connectorId: 1, idTag: 'A', meterStart: 0, timestamp: at(minute), ...change };
  return Number((await service.receive(who(minute), 'StartTransaction', content))['transactionId']);
};
const stop = (minute: number, transactionId: number, meterStop: number, change: object = {}) =>
  service.receive(who(minute), 'StopTransaction', { transactionId, meterStop, timestamp: at(minute), ...change });
const reading = (minute: number, transactionId: number, wh: number, timestamp = at(minute)) =>
  service.receive(who(minute), 'MeterValues', {
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp, sampledValue: [{ value: String(wh) }] }],
  });
const sessions = async () =>
  (await service.transactionsOf(station))
    .map(({ ocppTransactionId, state, energyWh, flags }) => ({ id: Number(ocppTransactionId), state, energyWh, flags }))
    .sort((one, other) => Number(one.state === 'active') - Number(other.state === 'active'));

describe('1.6: a clock that stands still, or begins with every boot', () => {
  const stuck = { timestamp: STUCK };

  it('makes two sessions of two equal starts', async () => {
    const first = await start(0, stuck);
    await stop(20, first, 4_000, stuck);
    const second = await start(30, stuck);
    expect(second).not.toBe(first);
    await stop(50, second, 6_000, stuck);
    expect(service.publishedEnds(station).map(({ energyWh, revision }) => [energyWh, revision])).toEqual([
      [4_000, 1],
      [6_000, 1],
    ]);
  });

  it('makes two of two also when their stops are equal and name no session', async () => {
    for (const minute of [0, 30]) {
      const id = await start(minute, stuck);
      await reading(minute + 5, id, 3_000, STUCK);
      await stop(minute + 20, -1, 4_000, stuck);
      await stop(minute + 21, -1, 4_000, stuck);
    }
    expect(await sessions()).toMatchObject([
      { state: 'ended', energyWh: 4_000 },
      { state: 'ended', energyWh: 4_000 },
    ]);
  });

  it('makes two of two also when the first was never stopped, as its station used the id of it', async () => {
    const first = await start(0, stuck);
    await reading(5, first, 3_000, STUCK);
    expect(await start(8, stuck)).not.toBe(first);
    expect(await sessions()).toMatchObject([{ id: first, state: 'ended', energyWh: 3_000 }, { state: 'active' }]);
  });

  it('sections 3.7 and 4.8: is the same start as long as its station may be waiting for the answer, and a delivery once more at any time', async () => {
    const first = await start(0, stuck);
    expect(await start(1, stuck)).toBe(first);
    expect(await start(9, stuck)).toBe(first);
    await stop(20, first, 4_000, stuck);
    const second = await start(30, stuck);
    expect(await start(0, stuck)).toBe(first);
    expect(await start(30, stuck)).toBe(second);
    expect(await sessions()).toHaveLength(2);
  });

  it('is another session after a pause longer than a station keeps retrying', async () => {
    const first = await start(0, stuck);
    expect(await start(11, stuck)).not.toBe(first);
    expect(await sessions()).toMatchObject([{ id: first, state: 'ended' }, { state: 'active' }]);
  });
});

describe('1.6: a start repeated with another time', () => {
  it('is the same session, published once, and flagged', async () => {
    const id = await start(0);
    expect(await start(0.5)).toBe(id);
    expect(await start(1.5)).toBe(id);
    await stop(30, id, 5_000);
    expect(await start(0.5)).toBe(id); // delivered once more
    expect(await start(2, { timestamp: at(1.5) })).toBe(id); // and repeated once more
    expect(service.publishedEnds(station)).toMatchObject([{ startedAt: at(0), energyWh: 5_000, flags: ['repeated-start'] }]);
    expect(await sessions()).toHaveLength(1);
  });

  it('also when its clock was set in between', async () => {
    const id = await start(0, { timestamp: STUCK });
    expect(await start(1)).toBe(id);
  });

  it('is another session where that has charged: its register begins anew', async () => {
    const id = await start(0);
    await reading(0.2, id, 500);
    expect(await start(0.5)).not.toBe(id);
  });

  it.each<[string, number, object]>([
    ['another card', 0.5, { idTag: 'B' }],
    ['another register', 0.5, { meterStart: 1 }],
    ['another connector', 0.5, { connectorId: 2 }],
    ['later', 11, {}],
    ['hours later by its clock, in one queue', 0.5, { timestamp: at(60) }],
  ])('is another session: %s', async (_, minute, change) => {
    const id = await start(0);
    expect(await start(minute, change)).not.toBe(id);
  });

  it('is another session where a stop was between', async () => {
    const id = await start(0);
    await stop(1, id, 0);
    expect(await start(1.5)).not.toBe(id);
    expect(await sessions()).toHaveLength(2);
  });
});

describe('1.6 section 4.8: a card that is refused at a connector where somebody charges', () => {
  it.each(['BLOCKED', 'NOBODY'])('ends nobody, and every stop ends its own session: %s', async (idTag) => {
    const running = await start(0, { idTag: 'A' });
    await reading(5, running, 2_000);
    const refused = await start(6, { idTag, meterStart: 2_500 });
    expect(refused).not.toBe(running);
    expect(await sessions()).toMatchObject([
      { state: 'active', flags: expect.anything() },
      { state: 'active', flags: expect.anything() },
    ]);
    await stop(6, refused, 2_500, { reason: 'DeAuthorized' });
    expect(await sessions()).toMatchObject([
      { id: refused, energyWh: 0 },
      { id: running, state: 'active', flags: [] },
    ]);
    await stop(30, running, 9_000, { idTag: 'A' });
    expect(service.publishedEnds(station).map(({ ocppTransactionId, energyWh }) => [Number(ocppTransactionId), energyWh])).toEqual([
      [refused, 0],
      [running, 9_000],
    ]);
  });

  it('is in the way of no stop that names nobody, and of no later session', async () => {
    const running = await start(0);
    const refused = await start(6, { idTag: 'NOBODY', meterStart: 2_500 });
    await stop(30, -1, 9_000);
    expect(await sessions()).toContainEqual({ id: running, state: 'ended', energyWh: 9_000, flags: ['matched-stop'] });
    const next = await start(40, { idTag: 'B', meterStart: 9_000 });
    expect(await sessions()).toMatchObject([{ state: 'ended' }, { state: 'ended' }, { id: next, state: 'active', flags: [] }]);
    const account = service.publishedEnds(station).find(({ ocppTransactionId }) => Number(ocppTransactionId) === refused);
    expect(account).toMatchObject({ startedAt: at(6), endedAt: at(6) });
  });
});
