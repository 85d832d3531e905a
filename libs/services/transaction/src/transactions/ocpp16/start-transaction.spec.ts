import { at, readingOf, startOf, startServiceWithTokens, startTransaction, station, stopOf } from '../../testing/ocpp16-session';
import type { ServiceFixture } from '../../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startServiceWithTokens();
});
afterAll(() => service?.close());

describe('1.6 registers in a unit of their own', () => {
  const samples = (minute: number, register: number, watts: number) => ({
    timestamp: at(minute),
    sampledValue: [{ value: String(register) }, { value: String(watts), measurand: 'Power.Active.Import', unit: 'W' }],
  });

  it.each([
    ['the power tells', (minute: number) => samples(minute, 12 + minute / 6, 10_000)],
    ['the readings tell', (minute: number) => samples(minute, 12_000 + (minute * 10_000) / 60, 10_000)],
  ])('quirk 17: kWh called Wh are billed as they are, and flagged: %s', async (name, reading) => {
    const id = await startTransaction(service, station(name), { meterStart: 12 });
    await service.receive(station(name), 'MeterValues', { connectorId: 1, transactionId: id, meterValue: [1, 10, 20, 29].map(reading) });
    await service.receive(station(name), 'StopTransaction', stopOf(id, { meterStop: 17 }));
    const odd = { energyWh: 5, flags: expect.arrayContaining(['energy-doubtful']) as unknown };
    expect(await service.transactionsOf(name)).toMatchObject([odd]);
    expect(service.publishedEnds(name)).toMatchObject([odd]);
  });

  it('quirk 17: what agrees with itself is not flagged', async () => {
    const id = await startTransaction(service, station('agrees'));
    const meterValue = [1, 10, 20, 29].map((minute) => samples(minute, 1000 + (minute * 7350) / 30, 14_700));
    await service.receive(station('agrees'), 'MeterValues', { connectorId: 1, transactionId: id, meterValue });
    await service.receive(station('agrees'), 'StopTransaction', stopOf(id));
    expect(service.publishedEnds('agrees')).toMatchObject([{ energyWh: 7350, flags: [] }]);
  });
});

describe('1.6 StartTransaction', () => {
  it('section 4.8 answers a positive 31-bit id and the status, and tells the start', async () => {
    const answer = await service.receive(station('start'), 'StartTransaction', startOf({ connectorId: 2 }));
    expect(answer).toEqual({ transactionId: expect.any(Number), idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' } });
    expect(answer['transactionId']).toBeGreaterThan(0);
    expect(answer['transactionId']).toBeLessThan(2 ** 31);
    expect(await service.transactionsOf('start')).toMatchObject([
      {
        ocppTransactionId: String(answer['transactionId']),
        evse: 2,
        connector: 1,
        idToken: 'TAG-1',
        state: 'active',
        startedAt: at(0),
        meterStartWh: 1000,
        flags: [],
      },
    ]);
    expect(service.published.filter(({ ref }) => ref.station === 'start').map(({ event }) => event.type)).toEqual([
      'voltbus.transaction.started',
    ]);
  });

  it('quirk 31 shows and bills a token without the control characters of its reader', async () => {
    const reader = { protocol: 'ocpp1.6' as const, station: 'dirty-reader' };
    await service.receive(reader, 'StartTransaction', {
      connectorId: 1,
      idTag: 'Tag-1\u0010\u000e',
      meterStart: 0,
      timestamp: new Date().toISOString(),
    });
    expect((await service.transactionsOf('dirty-reader')).map(({ idToken }) => idToken)).toEqual(['Tag-1']);
  });

  it('O1, sections 3.7 and 4.8 answers the same id to the same start, also after the transaction has ended', async () => {
    const id = await startTransaction(service, station('again'));
    expect(await startTransaction(service, station('again'))).toBe(id);
    await service.receive(station('again'), 'StopTransaction', stopOf(id));
    expect(await startTransaction(service, station('again'))).toBe(id);
    expect(await service.transactionsOf('again')).toHaveLength(1);
    expect(service.publishedEnds('again')).toHaveLength(1);
  });

  it('answers a repeated start as it was answered before, though the token has been blocked since', async () => {
    const token = { idToken: 'SOON', type: 'ISO14443', groupId: null, expiresAt: null, concurrent: false };
    await service.tokenStore.put('default', { ...token, status: 'Accepted' });
    const first = await service.receive(station('same'), 'StartTransaction', startOf({ idTag: 'SOON' }));
    await service.tokenStore.put('default', { ...token, status: 'Blocked' });
    expect(await service.receive(station('same'), 'StartTransaction', startOf({ idTag: 'SOON' }))).toEqual(first);
  });

  it.each([
    ['another tag', { idTag: 'OTHER' }],
    ['another time, too late for a repeated start', { timestamp: at(11) }],
    ['another register', { meterStart: 1001 }],
  ])('is another transaction with %s', async (name, change) => {
    const id = await startTransaction(service, station(`other ${name}`));
    expect(await startTransaction(service, station(`other ${name}`), change)).not.toBe(id);
  });

  it('is another session when a station whose clock restarts sends the same start the day after', async () => {
    const id = await startTransaction(service, station('1970'), { timestamp: '1970-01-01T00:00:07Z' });
    await service.receive(station('1970'), 'StopTransaction', stopOf(id));
    const tomorrow = new Date(Date.now() + 90_000_000);
    expect(await startTransaction(service, station('1970', { receivedAt: tomorrow }), { timestamp: '1970-01-01T00:00:07Z' })).not.toBe(id);
  });

  it('section 4.8 keeps the session of a token it does not accept, and flags it', async () => {
    const answer = await service.receive(station('unknown'), 'StartTransaction', startOf({ idTag: 'NOBODY' }));
    expect(answer).toEqual({ transactionId: expect.any(Number), idTagInfo: { status: 'Invalid' } });
    await service.receive(station('unknown'), 'StopTransaction', stopOf(Number(answer['transactionId']), { idTag: undefined }));
    expect(service.publishedEnds('unknown')).toMatchObject([{ idToken: 'NOBODY', energyWh: 7350, flags: ['unknown-token'] }]);
  });

  it('section 4.8 ends the older transaction of a connector implicitly, at its last register, until its own stop comes', async () => {
    const who = station('older');
    const older = await startTransaction(service, who);
    await service.receive(who, 'MeterValues', readingOf(older, 10, '2500'));
    const newer = await startTransaction(service, who, { timestamp: at(20), meterStart: 2600 });
    expect(newer).not.toBe(older);
    expect(service.publishedEnds('older')).toMatchObject([
      { ocppTransactionId: String(older), endedAt: at(10), meterStopWh: 2500, energyWh: 1500, flags: ['implicit-end'], revision: 1 },
    ]);
    await service.receive(who, 'StopTransaction', stopOf(older, { meterStop: 2600, timestamp: at(15) }));
    expect(service.publishedEnds('older')).toMatchObject([
      {},
      { ocppTransactionId: String(older), endedAt: at(15), energyWh: 1600, flags: [], revision: 2 },
    ]);
    expect(await service.transactionsOf('older')).toMatchObject([
      { ocppTransactionId: String(newer), state: 'active' },
      { state: 'ended' },
    ]);
  });

  it('leaves other connectors and other stations alone', async () => {
    await startTransaction(service, station('pair'), { connectorId: 1 });
    await startTransaction(service, station('pair'), { connectorId: 2, timestamp: at(5) });
    await startTransaction(service, station('pair-2'), { connectorId: 1, timestamp: at(6) });
    expect((await service.transactionsOf('pair')).map(({ state }) => state)).toEqual(['active', 'active']);
  });
});
