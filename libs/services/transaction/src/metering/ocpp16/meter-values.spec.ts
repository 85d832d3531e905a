import { at, readingOf, startServiceWithTokens, startTransaction, station, stopOf } from '../../testing/ocpp16-session';
import type { ServiceFixture } from '../../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startServiceWithTokens();
});
afterAll(() => service?.close());

describe('1.6 MeterValues', () => {
  it('section 4.7 splits the session into charging and idle by its registers', async () => {
    const id = await startTransaction(service, station('course'));
    await service.receive(station('course'), 'MeterValues', readingOf(id, 10, '8.350', { unit: 'kWh' }));
    await service.receive(station('course'), 'MeterValues', readingOf(id, 20, '8350', { unit: 'Wh' }));
    await service.receive(station('course'), 'StopTransaction', stopOf(id));
    expect(service.publishedEnds('course')[0]?.periods).toMatchObject([
      { kind: 'charging', seconds: 600, energyWh: 7350 },
      { kind: 'idle', seconds: 1200, energyWh: 0 },
    ]);
  });

  it('quirk 45, errata 3.18 find their transaction by connector and time where they name none', async () => {
    const id = await startTransaction(service, station('nameless'));
    await service.receive(station('nameless'), 'MeterValues', readingOf(undefined, 10, '8350'));
    await service.receive(station('nameless'), 'MeterValues', readingOf(-1, 20, '8350'));
    await service.receive(station('nameless'), 'StopTransaction', stopOf(id));
    expect(service.publishedEnds('nameless')[0]?.periods.map(({ kind }) => kind)).toEqual(['charging', 'idle']);
  });

  it('section 4.7 accepts readings after the stop and revises the account only when it bills differently', async () => {
    const id = await startTransaction(service, station('late'));
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
    const id = await startTransaction(service, station('running'));
    await service.receive(station('running'), 'MeterValues', readingOf(id, 10, '3000'));
    expect(await service.transactionsOf('running')).toMatchObject([{ state: 'active', meterStartWh: 1000, energyWh: 2000 }]);
  });
});
