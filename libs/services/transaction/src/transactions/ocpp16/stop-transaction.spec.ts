import { at, startServiceWithTokens, startTransaction, station, stopOf } from '../../testing/ocpp16-session';
import type { ServiceFixture } from '../../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startServiceWithTokens();
});
afterAll(() => service?.close());

describe('1.6 StopTransaction', () => {
  it('section 4.10 ends it with energy from the registers and tells the account once', async () => {
    const id = await startTransaction(service, station('stop'));
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
    const id = await startTransaction(service, station('plain'));
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
    const id = await startTransaction(service, station('victim'));
    await service.receive(station('thief'), 'StopTransaction', stopOf(id));
    expect(await service.transactionsOf('victim')).toMatchObject([{ state: 'active' }]);
    expect(await service.transactionsOf('thief')).toMatchObject([{ state: 'ended', flags: expect.arrayContaining(['orphan-stop']) }]);
  });

  it('section 4.10 keeps a second stop that differs, and bills the first', async () => {
    const id = await startTransaction(service, station('second'));
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
    const id = await startTransaction(service, station('clock'), { timestamp: '1970-01-01T00:00:07Z' });
    await service.receive(station('clock'), 'StopTransaction', stopOf(id, { timestamp: '2106-02-07T06:28:15Z' }));
    const [account] = service.publishedEnds('clock');
    expect(account).toMatchObject({ energyWh: 7350, flags: ['clock'] });
    expect(Math.abs(Date.parse(account?.startedAt ?? '') - Date.now())).toBeLessThan(60_000);
    expect(Date.parse(account?.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(account?.startedAt ?? ''));
  });
});
