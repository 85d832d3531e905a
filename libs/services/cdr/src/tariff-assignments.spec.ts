import { MemoryBus } from '@voltbus/bus';
import { STATIONS, TRANSACTIONS, toCloudEventHeaders, type Cdr, type EndedTransaction } from '@voltbus/contracts';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { accountOf, tariffOf } from './account-fixture';
import { NeighboursNews } from './neighbours-news';
import { openService, type Service } from './wiring';
import { CdrWorker } from './worker';

let bus: MemoryBus;
let service: Service;
let worker: CdrWorker;
let drop: () => Promise<void>;
beforeAll(async () => {
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const database = await freshDatabase();
  drop = database.drop;
  service = await openService({ url: database.url, poolSize: 4, bus, logger: silentLogger, metrics: testMetrics() });
  worker = new CdrWorker({ service, bus });
  await worker.start();
  await service.tariffs.addTerms('default', { currency: 'EUR', defaultTariff: 'day' }, NEW_YEAR);
  for (const [name, perKwh] of [
    ['day', '0.50'],
    ['depot', '0.40'],
    ['fleet', '0.30'],
  ] as const)
    await service.tariffs.add('default', name, tariffOf(name, perKwh), NEW_YEAR);
  await service.assignments.assign('default', { kind: 'station-group', group: 'Depot', tariff: 'depot' }, NEW_YEAR);
  await service.assignments.assign('default', { kind: 'token-group', group: 'FLEET', tariff: 'fleet' }, NEW_YEAR);
  await isGrouped('CS-DEPOT', 'depot', '2026-02-01T00:00:00.000Z');
});
afterAll(async () => {
  await worker?.stop();
  await bus?.close();
  await service?.database.destroy();
  await drop?.();
});

const NEW_YEAR = new Date('2026-01-01T00:00:00Z');

/** As device-config tells it. */
function isGrouped(station: string, group: string | null, time: string, tenant = 'default'): Promise<void> {
  const subject = `${tenant}/${station}`;
  const headers = toCloudEventHeaders({ id: time, type: 'voltbus.station.grouped', source: '/voltbus/spec', time, subject, tenant });
  return bus.publish(STATIONS, { key: subject, value: Buffer.from(JSON.stringify({ tenant, station, group })), headers });
}
/** As transaction tells it. */
function ends(account: EndedTransaction): Promise<void> {
  const { tenant, station } = account;
  const subject = `${tenant}/${station}`;
  const type = 'voltbus.transaction.ended';
  const headers = toCloudEventHeaders({ id: account.id, type, source: '/voltbus/spec', time: account.startedAt, subject, tenant });
  return bus.publish(TRANSACTIONS, { key: subject, value: Buffer.from(JSON.stringify(account)), headers });
}
async function cdrsOf(account: EndedTransaction): Promise<Cdr[]> {
  await service.settlements.settle(account, Date.now());
  return service.cdrs.page(account.tenant, { transaction: account.id }, { limit: 10, after: null });
}
async function pricedAs(change: Partial<EndedTransaction>): Promise<unknown[]> {
  const [cdr] = await cdrsOf(accountOf(change));
  return [cdr?.tariff?.tariff, cdr?.tariffFrom, cdr?.cost.total, cdr?.flags];
}

describe('which tariff a session has', () => {
  it.each<[string, Partial<EndedTransaction>, unknown[]]>([
    ["the tenant's where neither token nor station is in a group that has one", {}, ['day', 'tenant', '5.00', []]],
    ["the station group's", { station: 'CS-DEPOT' }, ['depot', 'station-group', '4.00', []]],
    ["the token group's, before the station group's", { station: 'CS-DEPOT', idTokenGroup: 'fleet' }, ['fleet', 'token-group', '3.00', []]],
    ['the next where a group has none of its own', { station: 'CS-DEPOT', idTokenGroup: 'STAFF' }, ['depot', 'station-group', '4.00', []]],
    [
      "the tenant's before the station came into the group",
      { station: 'CS-DEPOT', startedAt: '2026-01-31T23:00:00.000Z' },
      ['day', 'tenant', '5.00', []],
    ],
    ["the tenant's in another tenant's eyes of the same group", { station: 'CS-9', idTokenGroup: null }, ['day', 'tenant', '5.00', []]],
  ])('is %s', async (_rule, change, expected) => expect(await pricedAs(change)).toEqual(expected));

  it('is the one that was assigned when it started, whatever was assigned, taken away or regrouped later', async () => {
    const assign = (tariff: string | null, since: string) =>
      service.assignments.assign('default', { kind: 'token-group', group: 'VISITORS', tariff }, new Date(since));
    await assign('fleet', '2026-03-01T09:00:00Z');
    await assign('depot', '2026-03-01T10:30:00Z');
    await assign(null, '2026-03-01T12:00:00Z');
    const at = async (time: string) => (await pricedAs({ idTokenGroup: 'VISITORS', startedAt: `2026-03-01T${time}:00.000Z` }))[0];
    expect([await at('08:59'), await at('09:00'), await at('10:29'), await at('10:30'), await at('12:00')]).toEqual([
      ...['day', 'fleet', 'fleet', 'depot', 'day'],
    ]);
    await isGrouped('CS-MOVED', 'depot', '2026-03-01T09:00:00.000Z');
    await isGrouped('CS-MOVED', null, '2026-03-01T10:30:00.000Z');
    expect((await pricedAs({ station: 'CS-MOVED' }))[0]).toBe('depot');
    expect((await pricedAs({ station: 'CS-MOVED', startedAt: '2026-03-01T10:30:00.000Z' }))[0]).toBe('day');
  });

  it('is the next one, and says so, where the assigned tariff is no more', async () => {
    await service.tariffs.add('default', 'gone', tariffOf('gone', '9'), NEW_YEAR);
    await service.tariffs.add('default', 'gone', null, new Date('2026-02-01T00:00:00Z'));
    await service.assignments.assign('default', { kind: 'token-group', group: 'LOST', tariff: 'gone' }, NEW_YEAR);
    expect(await pricedAs({ station: 'CS-DEPOT', idTokenGroup: 'LOST' })).toEqual(['depot', 'station-group', '4.00', ['tariff-missing']]);
  });

  it('stays the same when the account is revised, and is nobody else\u2019s', async () => {
    const account = accountOf({ station: 'CS-DEPOT' });
    await cdrsOf(account);
    await service.assignments.assign('default', { kind: 'station-group', group: 'depot', tariff: 'fleet' }, new Date());
    const cdrs = await cdrsOf({ ...account, revision: 2, energyWh: 20_000, periods: [] });
    expect(cdrs.map(({ kind, tariffFrom, cost }) => [kind, tariffFrom, cost.total]).sort()).toEqual([
      ['charge', 'station-group', '4.00'],
      ['charge', 'station-group', '8.00'],
      ['credit', 'station-group', '-4.00'],
    ]);
    await service.tariffs.addTerms('other', { currency: 'EUR', defaultTariff: null }, NEW_YEAR);
    await isGrouped('CS-1', 'depot', '2026-02-01T00:00:00.000Z', 'other');
    expect(await pricedAs({ tenant: 'other', idTokenGroup: 'FLEET' })).toEqual([undefined, null, '0.00', ['no-tariff']]);
  });

  it('is not chosen before the news of the groups has been read, as after an outage with a backlog of both', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const regroup = jest.spyOn(service.assignments, 'regroup').mockImplementationOnce(async (...given) => {
      await held;
      await service.assignments.regroup(...given);
    });
    const original = NeighboursNews.prototype.readBefore;
    const covers = jest.spyOn(NeighboursNews.prototype, 'readBefore');
    const asked = new Promise<boolean>((resolve) => {
      covers.mockImplementationOnce(async function (this: NeighboursNews, toldAt) {
        const answer = await original.call(this, toldAt);
        resolve(answer);
        return answer;
      });
    });
    const account = accountOf({ station: 'CS-BACKLOG' });
    const news = isGrouped('CS-BACKLOG', 'depot', '2026-02-01T00:00:00.000Z');
    const end = ends(account);
    expect(await Promise.race([asked, end.then(() => 'settled')])).toBe(false);
    release();
    await Promise.all([news, end]);
    regroup.mockRestore();
    covers.mockRestore();
    expect(await service.cdrs.page('default', { transaction: account.id }, { limit: 10, after: null })).toMatchObject([
      { tariffFrom: 'station-group' },
    ]);
  });
});
