import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => void (service = await startService()));
afterAll(() => service?.close());

/** Hardly compresses: an index would refuse it. */
const long = (seed: number) => Array.from({ length: 20_000 }, (_, n) => ((n + seed) * 7919).toString(36)).join('');

describe('a timestamp that is longer than an index takes', () => {
  it('1.6: neither start nor stop is lost, and a repeat of either is recognized', async () => {
    const station: SendingStation = { protocol: 'ocpp1.6', station: 'long-16' };
    const start = { connectorId: 1, idTag: 'TAG-1', meterStart: 0, timestamp: long(1) };
    const { transactionId } = await service.receive(station, 'StartTransaction', start);
    expect(await service.receive(station, 'StartTransaction', start)).toMatchObject({ transactionId });
    const stop = { transactionId, idTag: 'TAG-1', meterStop: 5_000, timestamp: long(2), reason: 'Local' };
    await service.receive(station, 'StopTransaction', stop);
    await service.receive(station, 'StopTransaction', stop);
    expect(service.publishedEnds('long-16')).toMatchObject([{ energyWh: 5_000, revision: 1 }]);
    await service.receive(station, 'StopTransaction', { ...stop, transactionId: -1, timestamp: long(3) });
    await service.receive(station, 'StopTransaction', { ...stop, transactionId: -1, timestamp: long(3) });
    expect(await service.transactionsOf('long-16')).toHaveLength(2);
  });

  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: no event is lost, and each repeat is recognized', async (protocol) => {
    const station: SendingStation = { protocol, station: `long-${protocol}` };
    const event = (eventType: string, seqNo: number) => ({
      eventType,
      timestamp: long(seqNo),
      triggerReason: 'Authorized',
      seqNo,
      transactionInfo: { transactionId: 'T1' },
      evse: { id: 1, connectorId: 1 },
    });
    for (const content of [event('Started', 0), event('Ended', 1), event('Ended', 1)])
      await service.receive(station, 'TransactionEvent', content);
    expect(service.publishedEnds(station.station ?? '')).toMatchObject([{ revision: 1 }]);
    const [row]: { count: number }[] = await service.database.query('SELECT count(*)::int FROM transactions.events WHERE station = $1', [
      station.station,
    ]);
    expect(row?.count).toBe(2);
  });
});
