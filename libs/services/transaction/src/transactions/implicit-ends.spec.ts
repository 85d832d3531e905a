import type { Protocol } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 7_200_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
  'a session that begins where another was never ended (E01, quirk 15), in %s',
  (protocol) => {
    let stations = 0;
    let station: string;
    beforeEach(() => (station = `${protocol}-${++stations}`));
    const send = (id: string, eventType: string, seqNo: number, minute: number, { evse = 1, wh = 1_000 } = {}) =>
      service.receive({ protocol, station }, 'TransactionEvent', {
        eventType,
        seqNo,
        timestamp: at(minute),
        triggerReason: 'CablePluggedIn',
        transactionInfo: { transactionId: id },
        ...(eventType === 'Started' ? { evse: { id: evse } } : {}),
        meterValue: [{ timestamp: at(minute), sampledValue: [{ value: wh }] }],
      });
    const sessions = async () =>
      (await service.transactionsOf(station))
        .map(({ ocppTransactionId, state, endedAt, flags }) => ({ id: ocppTransactionId, state, endedAt, flags }))
        .sort((one, other) => one.id.localeCompare(other.id));
    const active = (id: string) => ({ id, state: 'active', endedAt: null, flags: [] });

    it('ends the older one with its last activity, and bills it up to then', async () => {
      await send('A', 'Started', 0, 0);
      await send('A', 'Updated', 1, 10, { wh: 3_000 });
      await send('B', 'Started', 0, 30, { wh: 3_000 });
      expect(await sessions()).toEqual([{ id: 'A', state: 'ended', endedAt: at(10), flags: ['implicit-end'] }, active('B')]);
      expect(service.publishedEnds(station)).toMatchObject([{ ocppTransactionId: 'A', revision: 1, energyWh: 2_000 }]);
    });

    it("gives way to the older one's own late end, and a repeated start of the newer one changes nothing", async () => {
      await send('A', 'Started', 0, 0);
      await send('B', 'Started', 0, 30);
      await send('B', 'Started', 0, 30);
      await send('A', 'Ended', 1, 20, { wh: 2_500 });
      expect(await sessions()).toEqual([{ id: 'A', state: 'ended', endedAt: at(20), flags: [] }, active('B')]);
      expect(service.publishedEnds(station).at(-1)).toMatchObject({ ocppTransactionId: 'A', revision: 2, energyWh: 1_500 });
    });

    it('ends nothing at another EVSE, and nothing that began later: a start may come late', async () => {
      await send('A', 'Started', 0, 0, { evse: 2 });
      await send('B', 'Started', 0, 30);
      await send('C', 'Started', 0, 10);
      expect(await sessions()).toEqual([active('A'), active('B'), active('C')]);
    });
  },
);

describe('1.6 section 4.8: a stop is lost, and the next session begins at the connector hours later', () => {
  let stations = 0;
  let who: { protocol: Protocol; station: string };
  beforeEach(() => (who = { protocol: 'ocpp1.6', station: `lost-${++stations}` }));
  const LATER = 110; // minutes
  const start = async (minute: number, idTag: string, meterStart: number): Promise<number> =>
    Number((await service.receive(who, 'StartTransaction', { connectorId: 1, idTag, meterStart, timestamp: at(minute) }))['transactionId']);
  const reading = (minute: number, wh: number, more: object = {}, sample: object = {}) =>
    service.receive(who, 'MeterValues', {
      connectorId: 1,
      meterValue: [{ timestamp: at(minute), sampledValue: [{ value: String(wh), ...sample }] }],
      ...more,
    });
  const accounts = () => service.publishedEnds(who.station).map(({ endedAt, energyWh, revision }) => ({ endedAt, energyWh, revision }));

  it('ends with the last reading, not at an instant without evidence', async () => {
    const transactionId = await start(0, 'A', 0);
    await reading(30, 5_000, { transactionId });
    await start(LATER, 'B', 7_000);
    expect(accounts()).toEqual([{ endedAt: at(30), energyWh: 5_000, revision: 1 }]);
    expect(service.publishedEnds(who.station)).toMatchObject([{ flags: expect.arrayContaining(['implicit-end']) as unknown }]);
  });

  it('quirk 45 counts readings that name no transaction; of those by the clock as far as the register rose', async () => {
    await start(0, 'A', 0);
    for (const [minute, wh] of [
      [0, 0],
      [15, 2_000],
      [30, 5_000],
      [45, 5_000],
      [90, 5_000],
    ] as const)
      await reading(minute, wh, {}, { context: 'Sample.Clock' });
    await start(LATER, 'B', 5_000);
    expect(accounts()).toEqual([{ endedAt: at(30), energyWh: 5_000, revision: 1 }]);
    await reading(40, 5_000);
    await reading(LATER + 5, 9_000);
    expect(accounts().at(-1)).toEqual({ endedAt: at(40), energyWh: 5_000, revision: 2 });
  });

  it('counts readings that name it, whatever they measure: the car was plugged in, as its station reports', async () => {
    const transactionId = await start(0, 'A', 0);
    await reading(30, 5_000, { transactionId });
    for (const minute of [60, 90, LATER + 10]) await reading(minute, 5_000, { transactionId });
    await start(LATER, 'B', 5_000);
    expect(accounts()).toEqual([{ endedAt: at(90), energyWh: 5_000, revision: 1 }]);
  });

  it('moves its end with readings that come late, as if they had come in time', async () => {
    const transactionId = await start(0, 'A', 0);
    await start(LATER, 'B', 5_000);
    await reading(30, 5_000, { transactionId });
    expect(accounts().at(-1)).toEqual({ endedAt: at(30), energyWh: 5_000, revision: 2 });
  });

  it('without activity after its start has no duration', async () => {
    await start(0, 'A', 0);
    await start(LATER, 'B', 5_000);
    expect(accounts()).toEqual([{ endedAt: at(0), energyWh: null, revision: 1 }]);
  });
});
