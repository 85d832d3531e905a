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
const kinds = () => service.publishedEnds(who.station).map(({ periods }) => periods.map(({ kind, seconds }) => `${kind} ${seconds}`));

describe('1.6 MeterValues of a transaction that the station was never given', () => {
  beforeEach(() => (who = { protocol: 'ocpp1.6', station: `16-${++stations}` }));
  const start = async (change: object = {}) => {
    const content = { connectorId: 1, idTag: 'TAG-1', meterStart: 1000, timestamp: at(0), ...change };
    return Number((await service.receive(who, 'StartTransaction', content))['transactionId']);
  };
  const stop = (transactionId: number) =>
    service.receive(who, 'StopTransaction', { transactionId, meterStop: 8350, timestamp: at(30), reason: 'Local' });
  const read = (transactionId: number | undefined, minutes: number, wh: number, connectorId = 1) =>
    service.receive(who, 'MeterValues', {
      connectorId,
      ...(transactionId === undefined ? {} : { transactionId }),
      meterValue: [{ timestamp: at(minutes), sampledValue: [{ value: String(wh) }] }],
    });

  it.each([undefined, -1, 0, 987_654_321])(
    'errata 3.18, quirk 4, quirk 45 belong to the session of their connector and time: %s',
    async (unknown) => {
      const id = await start();
      await read(unknown, 10, 8350);
      await read(unknown, 20, 8350);
      await stop(id);
      expect(kinds()).toEqual([['charging 600', 'idle 1200']]);
    },
  );

  it.each([undefined, -1, 987_654_321])('quirk 45 change the account when they come after the end, twice as once: %s', async (unknown) => {
    const id = await start();
    await stop(id);
    await read(unknown, 10, 8350);
    await read(unknown, 10, 8350);
    expect(kinds()).toEqual([['charging 1800'], ['charging 600', 'idle 1200']]);
  });

  it('quirk 81 open no session again, and change nothing, when they were taken after its end', async () => {
    const id = await start();
    await stop(id);
    await read(undefined, 40, 9_000);
    await read(987_654_321, 41, 9_000);
    await read(id, 42, 9_000);
    expect(await service.transactionsOf(who.station)).toMatchObject([{ state: 'ended', energyWh: 7350, flags: ['unknown-token'] }]);
    expect(service.publishedEnds(who.station)).toHaveLength(1);
  });

  it('quirk 45 leave the sessions of other connectors and times alone', async () => {
    const earlier = await start();
    await stop(earlier);
    const other = await start({ connectorId: 2 });
    await read(undefined, 10, 8350, 2);
    await stop(other);
    expect(kinds()).toEqual([['charging 1800'], ['charging 600', 'idle 1200']]);
  });
});

it('J01 a 2.x reading of an EVSE that comes after the end counts for the session of its time', async () => {
  who = { protocol: 'ocpp2.0.1', station: '2x' };
  const event = (eventType: string, seqNo: number, minutes: number, wh: number) => ({
    eventType,
    seqNo,
    timestamp: at(minutes),
    triggerReason: 'Trigger',
    transactionInfo: { transactionId: 'T' },
    evse: { id: 1, connectorId: 1 },
    meterValue: [{ timestamp: at(minutes), sampledValue: [{ value: wh }] }],
  });
  await service.receive(who, 'TransactionEvent', event('Started', 0, 0, 1000));
  await service.receive(who, 'TransactionEvent', event('Ended', 1, 30, 8350));
  await service.receive(who, 'MeterValues', { evseId: 1, meterValue: [{ timestamp: at(10), sampledValue: [{ value: 8350 }] }] });
  expect(kinds()).toEqual([['charging 1800'], ['charging 600', 'idle 1200']]);
});
