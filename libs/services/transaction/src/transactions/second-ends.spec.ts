import type { Protocol } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { idToken: 'TAG', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  await service.tokenStore.put('default', token);
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();
let stations = 0;

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])('E06: a repeated end of a transaction in %s', (protocol) => {
  let station: string;
  beforeEach(() => (station = `${protocol}-${++stations}`));
  const event = (eventType: string, seqNo: number, minute: number, wh: number, { reason = 'Local', more = {} } = {}) =>
    service.receive({ protocol, station }, 'TransactionEvent', {
      ...{ eventType, seqNo, timestamp: at(minute), triggerReason: 'StopAuthorized' },
      transactionInfo: { transactionId: 'T', ...(eventType === 'Ended' ? { stoppedReason: reason } : {}) },
      ...(seqNo === 0 ? { evse: { id: 1 }, idToken: { idToken: 'TAG', type: 'ISO14443' } } : {}),
      meterValue: [
        { timestamp: at(minute), sampledValue: [{ value: wh, context: eventType === 'Ended' ? 'Transaction.End' : 'Sample.Periodic' }] },
      ],
      ...more,
    });
  const begin = async () => {
    await event('Started', 0, 0, 1_000);
    await event('Updated', 1, 10, 5_000);
    await event('Ended', 2, 20, 9_000);
  };
  const bills = () =>
    service.publishedEnds(station).map(({ revision, energyWh, endedAt, meterStopWh }) => ({ revision, energyWh, endedAt, meterStopWh }));
  const first = { revision: 1, energyWh: 8_000, endedAt: at(20), meterStopWh: 9_000 };
  const flags = async () => (await service.transactionsOf(station)).map((one) => one.flags);

  it.each([1, 2, 3])('counts as it was received first, whatever number the second has: %d', async (seqNo) => {
    await begin();
    await event('Ended', seqNo, 21, 25_750_000);
    expect(bills()).toEqual([first]);
    expect(await flags()).toEqual([['second-stop']]);
    // nor what comes late and makes a new account
    await event('Updated', 1, 15, 7_000, { more: { offline: true } });
    service.restart();
    await event('Ended', seqNo, 21, 25_750_000);
    expect(bills().map(({ energyWh, meterStopWh }) => [energyWh, meterStopWh])).toEqual(bills().map(() => [8_000, 9_000]));
    expect(await flags()).toEqual([expect.arrayContaining(['second-stop'])]);
    expect(await flags()).not.toEqual([expect.arrayContaining(['gap'])]);
  });

  it('stores the second end apart', async () => {
    await begin();
    await event('Ended', 3, 21, 25_750_000);
    const kept: object[] = await service.database.query(
      `SELECT e.seq_no, r.energy_wh FROM transactions.events e
       JOIN transactions.readings r ON r.station = e.station AND r.transaction = e.transaction WHERE e.station = $1 AND e.seq_no = 3`,
      [station],
    );
    expect(kept).toEqual([{ seq_no: '3', energy_wh: 25_750_000 }]);
  });

  it.each([
    ['another time', 2, 25, 9_000],
    ['another number', 4, 20, 9_000],
  ])('is no second stop with %s', async (_, seqNo, minute, wh) => {
    await begin();
    await event('Ended', seqNo, minute, wh);
    expect(bills()).toEqual([first]);
    expect(await flags()).toEqual([[]]);
  });

  it('is a second stop with another reason', async () => {
    await begin();
    await event('Ended', 3, 20, 9_000, { reason: 'Remote' });
    expect(bills()).toEqual([first]);
    expect(await flags()).toEqual([['second-stop']]);
  });
});

describe('1.6 section 4.10: a repeated stop of a transaction', () => {
  let who: { protocol: Protocol; station: string };
  let transactionId: number;
  beforeEach(async () => {
    who = { protocol: 'ocpp1.6', station: `stops-${++stations}` };
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 1_000, timestamp: at(0) };
    transactionId = Number((await service.receive(who, 'StartTransaction', start))['transactionId']);
  });
  const stop = (minute: number, meterStop: number, more: object = {}) =>
    service.receive(who, 'StopTransaction', { transactionId, meterStop, timestamp: at(minute), reason: 'Local', ...more });
  const reading = (minute: number, wh: number) => [
    { timestamp: at(minute), sampledValue: [{ value: String(wh), context: 'Transaction.End' }] },
  ];

  it('with another time is the same stop', async () => {
    await stop(20, 9_000);
    await stop(25, 9_000);
    await stop(25, 9_000);
    expect(service.publishedEnds(who.station)).toMatchObject([{ revision: 1, endedAt: at(20), energyWh: 8_000, flags: [] }]);
    expect(await service.transactionsOf(who.station)).toMatchObject([{ flags: [] }]);
  });

  it('with another register is a second stop, whose readings do not count either', async () => {
    await stop(20, 9_000, { transactionData: reading(20, 9_000) });
    await stop(21, 25_000_000, { transactionData: reading(15, 25_000_000) });
    expect(service.publishedEnds(who.station)).toHaveLength(1);
    const meterValue = [{ timestamp: at(10), sampledValue: [{ value: '5000' }] }];
    await service.receive(who, 'MeterValues', { connectorId: 1, transactionId, meterValue });
    const counted = { energyWh: 8_000, meterStopWh: 9_000 };
    expect(service.publishedEnds(who.station).at(-1)).toMatchObject(counted);
    expect(await service.transactionsOf(who.station)).toMatchObject([{ ...counted, flags: ['second-stop'] }]);
  });

  it('of a session that was stopped before it began, or long ago by its clock, is flagged', async () => {
    await stop(-5, 9_000);
    expect(service.publishedEnds(who.station)).toMatchObject([
      { energyWh: 8_000, startedAt: at(0), endedAt: at(0), flags: ['stop-before-start'] },
    ]);
  });
});

describe('a start or an end that is believed and oddly far from its receipt', () => {
  const HOUR = 60;
  const DAY = 24 * HOUR;
  it.each<[Protocol, string, number, boolean, string[]]>([
    ['ocpp1.6', 'is 23 h ahead', 23 * HOUR, false, ['time-implausible']],
    ['ocpp1.6', 'writes its local time as UTC', 13 * HOUR, false, []],
    ['ocpp1.6', 'is 89 days back', -89 * DAY, false, ['time-implausible']],
    ['ocpp1.6', 'was away over a long weekend', -5 * DAY, false, []],
    ['ocpp2.0.1', 'is 23 h ahead', 23 * HOUR, true, ['offline', 'time-implausible']],
    ['ocpp2.0.1', 'is 89 days back', -89 * DAY, false, ['time-implausible']],
    ['ocpp2.1', 'is 89 days back', -89 * DAY, false, ['time-implausible']],
    ['ocpp2.1', 'was offline for a month', -30 * DAY, true, ['offline']],
  ])('%s: %s', async (protocol, _, minutes, offline, expected) => {
    const who = { protocol, station: `odd-${++stations}` };
    const timestamp = new Date(Date.now() + minutes * 60_000).toISOString();
    if (protocol === 'ocpp1.6') await service.receive(who, 'StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp });
    else
      await service.receive(who, 'TransactionEvent', {
        ...{ eventType: 'Started', seqNo: 0, timestamp, triggerReason: 'Authorized', transactionInfo: { transactionId: 'T' } },
        ...(offline ? { offline } : {}),
      });
    expect(await service.transactionsOf(who.station)).toMatchObject([{ flags: expected }]);
  });
});
