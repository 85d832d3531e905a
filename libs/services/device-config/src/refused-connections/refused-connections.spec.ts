import { CONNECTIONS, type ConnectionRefusal } from '@voltbus/contracts';
import { Retention, USUAL_RETENTION } from '@voltbus/database';
import { tablesOf } from '@voltbus/service';
import { testMetrics } from '@voltbus/testing';
import { startService, type ServiceFixture } from '../testing/start-service';
import { MAX_REFUSED_CONNECTIONS, MAX_REFUSED_CONNECTIONS_OF_ADDRESS } from './typeorm-refused-connections';
import { deviceConfig } from '../service';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());
beforeEach(() => service.database.query('DELETE FROM device_config.refused_connections'));

const NOON = Date.UTC(2026, 5, 1, 12);
const at = (second: number) => new Date(NOON + second * 1_000).toISOString();
const refusal = (second: number, changes: Partial<ConnectionRefusal> = {}): ConnectionRefusal => ({
  tenant: 'default',
  station: 'CS-1',
  remoteAddress: '10.0.0.1',
  reason: 'wrong-credentials',
  at: at(second),
  ...changes,
});
const newestFirst = { by: 'at', descending: true } as const;
const shown = async ({ tenant = 'default', strangers = false } = {}) =>
  (await service.refusedConnections.list({ tenant, strangers }).read({ filters: {}, sort: newestFirst, limit: 5_000, after: null })).items;
const kept = async () => Number((await service.database.query('SELECT count(*) FROM device_config.refused_connections'))[0].count);

describe('a refused connection', () => {
  it('is one row for each station, address and reason, with how often and when last', async () => {
    await service.refusedConnections.writeMany([refusal(1), refusal(2), refusal(2, { reason: 'blocked' })]);
    await service.refusedConnections.writeMany([refusal(9), refusal(4, { remoteAddress: '10.0.0.2' })]);
    const known = { tenant: 'default', station: 'CS-1', reason: 'wrong-credentials' };
    expect(await shown()).toEqual([
      { ...known, remoteAddress: '10.0.0.1', at: at(9), firstAt: at(1), times: 3 },
      { ...known, remoteAddress: '10.0.0.2', at: at(4), firstAt: at(4), times: 1 },
      { ...known, remoteAddress: '10.0.0.1', reason: 'blocked', at: at(2), firstAt: at(2), times: 1 },
    ]);
  });

  it('counts once though the bus delivers it twice', async () => {
    const events = [refusal(1), refusal(2)];
    await service.refusedConnections.writeMany(events);
    await service.refusedConnections.writeMany(events);
    await service.refusedConnections.writeMany([refusal(2), refusal(3)]);
    expect(await shown()).toMatchObject([{ times: 3, at: at(3) }]);
  });

  it('takes bounded room, however many names one address tries, and leaves those of other addresses', async () => {
    await service.refusedConnections.writeMany([refusal(0, { station: 'honest', remoteAddress: '10.0.0.9' })]);
    const guesses = Array.from({ length: MAX_REFUSED_CONNECTIONS_OF_ADDRESS + 50 }, (_, index) =>
      refusal(index + 1, { station: `guess-${index}` }),
    );
    for (let from = 0; from < guesses.length; from += 100) await service.refusedConnections.writeMany(guesses.slice(from, from + 100));
    const left = await shown();
    expect(left).toHaveLength(MAX_REFUSED_CONNECTIONS_OF_ADDRESS + 1);
    expect([left[0]?.station, left.at(-2)?.station, left.at(-1)?.station]).toEqual([
      `guess-${MAX_REFUSED_CONNECTIONS_OF_ADDRESS + 49}`,
      'guess-50',
      'honest',
    ]);
  });

  it('takes bounded room when many addresses name tenants that do not exist, and leaves those of tenants', async () => {
    await service.refusedConnections.writeMany([refusal(0)]);
    const flood = Array.from({ length: MAX_REFUSED_CONNECTIONS + 300 }, (_, index) =>
      refusal(index + 1, { tenant: `t-${index % 700}`, remoteAddress: `10.1.${index >> 8}.${index & 255}` }),
    );
    await service.refusedConnections.writeMany(flood);
    expect(await kept()).toBe(MAX_REFUSED_CONNECTIONS + 1);
    expect(await shown()).toHaveLength(1);
  });

  it('is shown to the tenant it names, and to the administrator alone where it names no tenant', async () => {
    await service.tenants.put({ ...(await service.tenants.find('default'))!, tenant: 'acme' }, new Date());
    await service.refusedConnections.writeMany([
      refusal(1),
      refusal(2, { tenant: 'acme' }),
      refusal(3, { tenant: 'nobody' }),
      refusal(4, { tenant: null, station: null, reason: 'no-station-url' }),
    ]);
    const tenants = async (query: Parameters<typeof shown>[0]) => (await shown(query)).map(({ tenant }) => tenant);
    expect(await tenants({ tenant: 'acme' })).toEqual(['acme']);
    expect(await tenants({ tenant: 'default' })).toEqual(['default']);
    expect(await tenants({ tenant: 'default', strangers: true })).toEqual([null, 'nobody', 'default']);
    expect(await tenants({ tenant: 'nobody', strangers: true })).toEqual([null, 'nobody']);
  });

  it('is removed after its retention', async () => {
    await service.refusedConnections.writeMany([refusal(0), refusal(0, { station: 'CS-2' }), refusal(60, { station: 'CS-2' })]);
    const now = () => new Date(NOON + USUAL_RETENTION.REFUSALS * 86_400_000 + 30_000);
    await new Retention({
      dataSource: service.database,
      declared: tablesOf(deviceConfig),
      days: USUAL_RETENTION,
      metrics: testMetrics(),
      now,
    }).run();
    expect(await shown()).toMatchObject([{ station: 'CS-2' }]);
  });

  it('is stored from the events of gateways; an event that cannot be read is a dead letter, not an endless retry', async () => {
    await service.deliver(CONNECTIONS.events.refused, [refusal(1)]);
    expect(await shown()).toMatchObject([{ at: at(1) }]);
    await expect(service.deliver(CONNECTIONS.events.refused, [{ tenant: 'default' }])).rejects.toThrow('not a voltbus.station.refused');
  });
});
