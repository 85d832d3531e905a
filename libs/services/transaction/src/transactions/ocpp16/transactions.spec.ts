import { inBudget } from '@voltbus/testing';
import fc from 'fast-check';
import { startService, type ServiceFixture, type SendingStation } from '../../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { type: 'ISO14443', groupId: null, expiresAt: null, concurrent: true };
  await service.tokenStore.put('default', { ...token, idToken: 'Tag-1', status: 'Accepted', groupId: 'FLEET' });
  await service.tokenStore.put('default', { ...token, idToken: 'BLOCKED', status: 'Blocked' });
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();
const station = (name: string, more: Partial<SendingStation> = {}): SendingStation => ({ protocol: 'ocpp1.6', station: name, ...more });
const startOf = (change: object = {}) => ({ connectorId: 1, idTag: 'TAG-1', meterStart: 1000, timestamp: at(0), ...change });
const stopOf = (transactionId: number, change: object = {}) => ({
  transactionId,
  idTag: 'TAG-1',
  meterStop: 8350,
  timestamp: at(30),
  reason: 'EVDisconnected',
  ...change,
});
const readingOf = (transactionId: number | undefined, minutes: number, value: string, change: object = {}) => ({
  connectorId: 1,
  ...(transactionId === undefined ? {} : { transactionId }),
  meterValue: [{ timestamp: at(minutes), sampledValue: [{ value, ...change }] }],
});
async function start(who: SendingStation, change: object = {}): Promise<number> {
  const answer = await service.receive(who, 'StartTransaction', startOf(change));
  return Number(answer['transactionId']);
}

describe('1.6 Authorize', () => {
  it('section 4.1 answers by the token, without regard to case, with its group', async () => {
    expect(await service.receive(station('auth'), 'Authorize', { idTag: 'tag-1' })).toEqual({
      idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' },
    });
    expect(await service.receive(station('auth'), 'Authorize', { idTag: 'BLOCKED' })).toEqual({ idTagInfo: { status: 'Blocked' } });
    expect(await service.receive(station('auth'), 'Authorize', { idTag: 'NOBODY' })).toEqual({ idTagInfo: { status: 'Invalid' } });
    expect(await service.receive(station('auth', { tenant: 'other' }), 'Authorize', { idTag: 'TAG-1' })).toEqual({
      idTagInfo: { status: 'Invalid' },
    });
  });

  it("leaves unknown tokens to the tenant's policy", async () => {
    await service.tokenStore.rememberTenant('open', { unknownTokens: 'accept', masterPassGroup: null });
    expect(await service.receive(station('auth', { tenant: 'open' }), 'Authorize', { idTag: 'NOBODY' })).toEqual({
      idTagInfo: { status: 'Accepted' },
    });
  });
});

describe('1.6 registers in a unit of their own', () => {
  const samples = (minute: number, register: number, watts: number) => ({
    timestamp: at(minute),
    sampledValue: [{ value: String(register) }, { value: String(watts), measurand: 'Power.Active.Import', unit: 'W' }],
  });

  it.each([
    ['the power tells', (minute: number) => samples(minute, 12 + minute / 6, 10_000)],
    ['the readings tell', (minute: number) => samples(minute, 12_000 + (minute * 10_000) / 60, 10_000)],
  ])('quirk 17: kWh called Wh are billed as they are, and flagged: %s', async (name, reading) => {
    const id = await start(station(name), { meterStart: 12 });
    await service.receive(station(name), 'MeterValues', { connectorId: 1, transactionId: id, meterValue: [1, 10, 20, 29].map(reading) });
    await service.receive(station(name), 'StopTransaction', stopOf(id, { meterStop: 17 }));
    const odd = { energyWh: 5, flags: expect.arrayContaining(['energy-doubtful']) as unknown };
    expect(await service.transactionsOf(name)).toMatchObject([odd]);
    expect(service.publishedEnds(name)).toMatchObject([odd]);
  });

  it('quirk 17: what agrees with itself is not flagged', async () => {
    const id = await start(station('agrees'));
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
    const id = await start(station('again'));
    expect(await start(station('again'))).toBe(id);
    await service.receive(station('again'), 'StopTransaction', stopOf(id));
    expect(await start(station('again'))).toBe(id);
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
    const id = await start(station(`other ${name}`));
    expect(await start(station(`other ${name}`), change)).not.toBe(id);
  });

  it('is another session when a station whose clock restarts sends the same start the day after', async () => {
    const id = await start(station('1970'), { timestamp: '1970-01-01T00:00:07Z' });
    await service.receive(station('1970'), 'StopTransaction', stopOf(id));
    const tomorrow = new Date(Date.now() + 90_000_000);
    expect(await start(station('1970', { receivedAt: tomorrow }), { timestamp: '1970-01-01T00:00:07Z' })).not.toBe(id);
  });

  it('section 4.8 keeps the session of a token it does not accept, and flags it', async () => {
    const answer = await service.receive(station('unknown'), 'StartTransaction', startOf({ idTag: 'NOBODY' }));
    expect(answer).toEqual({ transactionId: expect.any(Number), idTagInfo: { status: 'Invalid' } });
    await service.receive(station('unknown'), 'StopTransaction', stopOf(Number(answer['transactionId']), { idTag: undefined }));
    expect(service.publishedEnds('unknown')).toMatchObject([{ idToken: 'NOBODY', energyWh: 7350, flags: ['unknown-token'] }]);
  });

  it('section 4.8 ends the older transaction of a connector implicitly, at its last register, until its own stop comes', async () => {
    const who = station('older');
    const older = await start(who);
    await service.receive(who, 'MeterValues', readingOf(older, 10, '2500'));
    const newer = await start(who, { timestamp: at(20), meterStart: 2600 });
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
    await start(station('pair'), { connectorId: 1 });
    await start(station('pair'), { connectorId: 2, timestamp: at(5) });
    await start(station('pair-2'), { connectorId: 1, timestamp: at(6) });
    expect((await service.transactionsOf('pair')).map(({ state }) => state)).toEqual(['active', 'active']);
  });
});

describe('1.6 StopTransaction', () => {
  it('section 4.10 ends it with energy from the registers and tells the account once', async () => {
    const id = await start(station('stop'));
    expect(await service.receive(station('stop'), 'StopTransaction', stopOf(id))).toEqual({
      idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' },
    });
    expect(await service.receive(station('stop'), 'StopTransaction', stopOf(id))).toEqual({
      idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' },
    });
    expect(service.publishedEnds('stop')).toMatchObject([
      {
        ocppTransactionId: String(id),
        startedAt: at(0),
        endedAt: at(30),
        meterStartWh: 1000,
        meterStopWh: 8350,
        energyWh: 7350,
        stopReason: 'EVDisconnected',
        revision: 1,
        flags: [],
        periods: [{ kind: 'charging', seconds: 1800, energyWh: 7350 }],
      },
    ]);
  });

  it('section 4.10 answers no token status without a token; the reason defaults to Local', async () => {
    const id = await start(station('plain'));
    expect(await service.receive(station('plain'), 'StopTransaction', stopOf(id, { idTag: undefined, reason: undefined }))).toEqual({});
    expect(service.publishedEnds('plain')).toMatchObject([{ stopReason: 'Local' }]);
  });

  it.each([0, -1, 12_345])(
    'errata 3.18, O3 keeps a stop of the unknown transaction %d as an orphan, and the next one of that id as another',
    async (id) => {
      const who = station(`orphan${id}`);
      const data = [{ timestamp: at(20), sampledValue: [{ value: '8000', context: 'Transaction.Begin' }] }];
      expect(await service.receive(who, 'StopTransaction', stopOf(id, { transactionData: data }))).toEqual({
        idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' },
      });
      await service.receive(who, 'StopTransaction', stopOf(id, { transactionData: data }));
      expect(service.publishedEnds(who.station ?? '')).toMatchObject([
        {
          ocppTransactionId: String(id),
          idToken: 'TAG-1',
          startedAt: at(20),
          endedAt: at(30),
          meterStartWh: 8000,
          energyWh: 350,
          flags: ['orphan-stop'],
        },
      ]);
      await service.receive(who, 'StopTransaction', stopOf(id, { timestamp: at(50), meterStop: 9000 }));
      expect(await service.transactionsOf(who.station ?? '')).toHaveLength(2);
    },
  );

  it('B02.FR.09 flags a stop from before the station was accepted, and stores a repeat of it once', async () => {
    await service.receive(station('early', { registration: 'pending' }), 'StopTransaction', stopOf(7));
    await service.receive(station('early'), 'StopTransaction', stopOf(7));
    expect(await service.transactionsOf('early')).toMatchObject([{ state: 'ended', flags: expect.arrayContaining(['not-accepted']) }]);
  });

  it("O3, CVE-2026-28230 cannot stop another station's transaction", async () => {
    const id = await start(station('victim'));
    await service.receive(station('thief'), 'StopTransaction', stopOf(id));
    expect(await service.transactionsOf('victim')).toMatchObject([{ state: 'active' }]);
    expect(await service.transactionsOf('thief')).toMatchObject([{ state: 'ended', flags: expect.arrayContaining(['orphan-stop']) }]);
  });

  it('section 4.10 keeps a second stop that differs, and bills the first', async () => {
    const id = await start(station('second'));
    await service.receive(station('second'), 'StopTransaction', stopOf(id));
    await service.receive(station('second'), 'StopTransaction', stopOf(id, { meterStop: 9999, timestamp: at(40) }));
    expect(service.publishedEnds('second')).toHaveLength(1);
    expect(await service.transactionsOf('second')).toMatchObject([{ energyWh: 7350, endedAt: at(30), flags: ['second-stop'] }]);
    const kept: { payload: { meterStop: number } }[] = await service.database.query(
      `SELECT payload FROM transactions.events WHERE station = 'second' AND type = 'ended' ORDER BY at`,
    );
    expect(kept.map(({ payload }) => payload.meterStop)).toEqual([8350, 9999]);
  });

  it('J6 clamps a clock of 1970 or 2106, flags it, and never bills negative time', async () => {
    const id = await start(station('clock'), { timestamp: '1970-01-01T00:00:07Z' });
    await service.receive(station('clock'), 'StopTransaction', stopOf(id, { timestamp: '2106-02-07T06:28:15Z' }));
    const [account] = service.publishedEnds('clock');
    expect(account).toMatchObject({ energyWh: 7350, flags: ['clock'] });
    expect(Math.abs(Date.parse(account?.startedAt ?? '') - Date.now())).toBeLessThan(60_000);
    expect(Date.parse(account?.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(account?.startedAt ?? ''));
  });
});

describe('1.6 MeterValues', () => {
  it('section 4.7 splits the session into charging and idle by its registers', async () => {
    const id = await start(station('course'));
    await service.receive(station('course'), 'MeterValues', readingOf(id, 10, '8.350', { unit: 'kWh' }));
    await service.receive(station('course'), 'MeterValues', readingOf(id, 20, '8350', { unit: 'Wh' }));
    await service.receive(station('course'), 'StopTransaction', stopOf(id));
    expect(service.publishedEnds('course')[0]?.periods).toMatchObject([
      { kind: 'charging', seconds: 600, energyWh: 7350 },
      { kind: 'idle', seconds: 1200, energyWh: 0 },
    ]);
  });

  it('quirk 45, errata 3.18 find their transaction by connector and time where they name none', async () => {
    const id = await start(station('nameless'));
    await service.receive(station('nameless'), 'MeterValues', readingOf(undefined, 10, '8350'));
    await service.receive(station('nameless'), 'MeterValues', readingOf(-1, 20, '8350'));
    await service.receive(station('nameless'), 'StopTransaction', stopOf(id));
    expect(service.publishedEnds('nameless')[0]?.periods.map(({ kind }) => kind)).toEqual(['charging', 'idle']);
  });

  it('section 4.7 accepts readings after the stop and revises the account only when it bills differently', async () => {
    const id = await start(station('late'));
    await service.receive(station('late'), 'StopTransaction', stopOf(id));
    await service.receive(station('late'), 'MeterValues', readingOf(id, 15, '4700'));
    expect(service.publishedEnds('late')).toHaveLength(1);
    await service.receive(station('late'), 'MeterValues', readingOf(id, 10, '1000'));
    expect(service.publishedEnds('late')).toMatchObject([
      { revision: 1 },
      {
        revision: 2,
        energyWh: 7350,
        periods: [
          { kind: 'idle', seconds: 600 },
          { kind: 'charging', seconds: 1200 },
        ],
      },
    ]);
  });

  it('stores a batch of many stations at once, parts of one reading as one row, and twice as once', async () => {
    const part = (name: string, value: string, measurand: string) => ({
      station: station(name),
      action: 'MeterValues',
      payload: readingOf(77, 10, value, { measurand }),
    });
    const batch = ['batch-1', 'batch-2'].flatMap((name) => [
      part(name, '5000', 'Energy.Active.Import.Register'),
      part(name, '7400', 'Power.Active.Import'),
    ]);
    await service.receiveMany(batch);
    await service.receiveMany(batch);
    await service.receiveMany([part('batch-1', '55', 'SoC')]);
    const rows: unknown[] = await service.database.query(
      `SELECT station, energy_wh, power_w, soc FROM transactions.readings WHERE station LIKE 'batch-%' ORDER BY station`,
    );
    expect(rows).toEqual([
      { station: 'batch-1', energy_wh: 5000, power_w: 7400, soc: 55 },
      { station: 'batch-2', energy_wh: 5000, power_w: 7400, soc: null },
    ]);
  });

  it('J6 keeps a reading of an absurd time at its receipt, with the time as written, and one of today in the partition of its day', async () => {
    await service.receive(station('times'), 'MeterValues', {
      connectorId: 1,
      meterValue: [
        { timestamp: '2106-02-07T06:28:15Z', sampledValue: [{ value: '1' }] },
        { timestamp: at(50), sampledValue: [{ value: '2' }] },
      ],
    });
    const rows: { partition: string; energy_wh: number; raw_time: string | null }[] = await service.database.query(
      `SELECT tableoid::regclass::text AS partition, energy_wh, raw_time FROM transactions.readings WHERE station = 'times' ORDER BY energy_wh`,
    );
    expect(rows).toMatchObject([
      { energy_wh: 1, raw_time: '2106-02-07T06:28:15Z' },
      { energy_wh: 2, raw_time: null },
    ]);
    for (const { partition } of rows) expect(partition).toMatch(/readings_\d{8}$/);
  });

  it('shows what an active transaction has charged so far', async () => {
    const id = await start(station('running'));
    await service.receive(station('running'), 'MeterValues', readingOf(id, 10, '3000'));
    expect(await service.transactionsOf('running')).toMatchObject([{ state: 'active', meterStartWh: 1000, energyWh: 2000 }]);
  });
});

it('O1, O2 bills a session once and alike, however often each of its messages comes', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('start', 'reading', 'stop'), { maxLength: 6 }),
      inBudget(async (repeats: readonly string[]) => {
        const who = station(`repeats-${run++}`);
        const id = await start(who);
        const send = {
          start: () => start(who),
          reading: () => service.receive(who, 'MeterValues', readingOf(id, 10, '2000')),
          stop: () => service.receive(who, 'StopTransaction', stopOf(id)),
        };
        await send.reading();
        await send.stop();
        for (const repeat of repeats) await send[repeat as keyof typeof send]();
        expect(await service.transactionsOf(who.station ?? '')).toMatchObject([
          { ocppTransactionId: String(id), energyWh: 7350, endedAt: at(30), flags: [] },
        ]);
        expect(service.publishedEnds(who.station ?? '')).toHaveLength(1);
      }),
    ),
    { numRuns: 15 },
  );
});
