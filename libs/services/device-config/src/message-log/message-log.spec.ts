import type { FrameCopy } from '@voltbus/contracts';
import { MessageLogPartitions } from './partitions';
import { startService, type ServiceFixture } from '../testing/start-service';
import { HOURS_AHEAD } from './store/typeorm-message-log-partitions';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 5, 1, 12);
const now = new Date(NOON + 30 * 60_000);

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  for (const [tenant, keepMessagesHours] of [
    ['brief', 2],
    ['long', 100],
    ['off', 0],
  ] as const)
    await service.tenants.put({ ...(await service.tenants.find('default'))!, tenant, name: tenant, keepMessagesHours }, new Date());
});
afterAll(() => service?.close());
beforeEach(() => service.database.query('DELETE FROM device_config.frames'));

let seq = 0;
const copy = (changes: Partial<FrameCopy> = {}): FrameCopy => ({
  tenant: 'default',
  station: 'CS-1',
  seq: seq++,
  at: now.getTime(),
  direction: 'in',
  type: 'call',
  messageId: 'm1',
  action: 'Heartbeat',
  latencyMs: null,
  bytes: 22,
  cut: false,
  payload: '{}',
  ...changes,
});
const shown = async (tenant = 'default', limit = 100, after: string[] | null = null, at = now) => {
  const copies = service.messageLog.list({ tenant, station: 'CS-1' }, at);
  return (await copies.read({ filters: {}, sort: { by: 'at', descending: true }, limit, after })).items;
};
const kept = async (): Promise<{ tenant: string; at: Date }[]> =>
  service.database.query('SELECT tenant, at FROM device_config.frames ORDER BY at');

describe('the message log', () => {
  it('shows copies newest first, whole, page by page, and only of the station', async () => {
    const copies = [
      copy({ at: NOON, messageId: null, action: null, payload: null, type: 'broken' }),
      copy({
        at: NOON + 1,
        direction: 'out',
        type: 'result',
        latencyMs: 12.5,
        payload: String.raw`{"a":"tab \t, NUL \u0000, half \ud800 é"}`,
      }),
      copy({ at: NOON + 1, payload: '{not JSON' }),
    ];
    await service.messageLog.writeMany([...copies, copy({ station: 'CS-2' }), copy({ tenant: 'brief' })]);
    expect(await shown()).toEqual([...copies].reverse());
    const behind = ({ at, seq }: { at: number; seq: number }) => [new Date(at).toISOString(), String(seq)];
    const [first] = await shown('default', 1);
    expect(first).toEqual(copies[2]);
    expect(await shown('default', 1, behind(copies[2]!))).toEqual([copies[1]]);
    expect(await shown('default', 5, behind(copies[1]!))).toEqual([copies[0]]);
  });

  it('keeps a copy once, though the bus delivers it twice', async () => {
    const copies = [copy(), copy()];
    await service.messageLog.writeMany(copies);
    await service.messageLog.writeMany([...copies, copy()]);
    expect(await shown()).toHaveLength(3);
  });

  it('keeps none of a tenant that keeps none or does not exist, whatever gateways still send', async () => {
    await service.messageLog.writeMany([copy({ tenant: 'off' }), copy({ tenant: 'nobody' }), copy()]);
    expect((await kept()).map(({ tenant }) => tenant)).toEqual(['default']);
  });

  it('shows copies as long as their tenant keeps them, from the moment its policy changes', async () => {
    for (const hours of [1, 3, 30])
      await service.messageLog.writeMany([
        copy({ at: now.getTime() - hours * HOUR_MS }),
        copy({ tenant: 'brief', at: now.getTime() - hours * HOUR_MS }),
      ]);
    expect([await shown('default'), await shown('brief')].map(({ length }) => length)).toEqual([2, 1]);
    const tenant = (await service.tenants.find('default'))!;
    await service.tenants.put({ ...tenant, keepMessagesHours: 0 }, new Date());
    expect(await shown('default')).toEqual([]);
    await service.tenants.put(tenant, new Date());
  });

  it('removes copies that their tenant keeps no longer, and whole hours that no tenant keeps', async () => {
    await service.partitionStore.make(new Date(NOON - 200 * HOUR_MS));
    await service.partitionStore.make(now);
    const ages = [0.1, 3, 50, 190];
    for (const tenant of ['brief', 'long'])
      await service.messageLog.writeMany(ages.map((hours) => copy({ tenant, at: now.getTime() - hours * HOUR_MS })));
    expect(await service.messageLog.longestKept()).toBe(100);
    const before = await service.partitionStore.hours();
    await new MessageLogPartitions({ messageLog: service.messageLog, partitions: service.partitionStore, now: () => now }).turn();
    const hoursAgo = ({ at, tenant }: { at: Date; tenant: string }) => [tenant, Math.round((now.getTime() - at.getTime()) / HOUR_MS)];
    expect((await kept()).map(hoursAgo)).toEqual([
      ['long', 50],
      ['long', 3],
      ['brief', 0],
      ['long', 0],
    ]);
    const left = await service.partitionStore.hours();
    expect(left.length).toBeLessThan(before.length);
    expect(Math.min(...left)).toBeGreaterThanOrEqual(Math.floor((now.getTime() - 100 * HOUR_MS) / HOUR_MS));
  });

  it('has its hours made ahead, once, and a place for copies whose hour was not made', async () => {
    await Promise.all([service.partitionStore.make(now), service.partitionStore.make(now)]);
    const hours = await service.partitionStore.hours();
    const hour = Math.floor(now.getTime() / HOUR_MS);
    expect(hours).toEqual(expect.arrayContaining(Array.from({ length: HOURS_AHEAD + 2 }, (_, index) => hour - 1 + index)));
    const far = new Date(now.getTime() + 1_000 * HOUR_MS);
    await service.messageLog.writeMany([copy({ at: far.getTime() })]);
    await service.partitionStore.make(far); // its hour has a row elsewhere: left as it is
    expect(await shown('default', 1, null, far)).toHaveLength(1);
  });

  it('loses copies with their station and their tenant: the next of that name sees none of them', async () => {
    const tenant = { ...(await service.tenants.find('default'))!, tenant: 'brief-lived' };
    await service.tenants.put(tenant, new Date());
    const ref = { tenant: 'brief-lived', station: 'CS-1' };
    await service.stations.put(ref, {});
    await service.messageLog.writeMany([copy(ref), copy({ ...ref, station: 'unannounced' })]);
    await service.stations.forget(ref);
    expect(await kept()).toHaveLength(1);
    await service.tenants.forget('brief-lived', new Date());
    expect(await kept()).toHaveLength(0);
  });
});

describe('a tenant that switches its message log off or on', () => {
  it('is sent to gateways with the next profile, and evicts no station', async () => {
    const tenant = (await service.tenants.find('default'))!;
    await service.stations.put({ tenant: 'default', station: 'CS-1' }, {});
    await service.profiles.refresh({ tenant: 'default', station: 'CS-1' });
    expect(await service.connections.profile({ tenant: 'default', station: 'CS-1' })).toMatchObject({ keepsMessages: true });
    await service.tenants.put({ ...tenant, keepMessagesHours: 0 }, new Date());
    const pending = await service.database.query('SELECT station, reason FROM device_config.evictions');
    expect(pending).toEqual([{ station: 'CS-1', reason: null }]);
    await service.evictions.sweep();
    expect(await service.connections.profile({ tenant: 'default', station: 'CS-1' })).toBeNull();
    const answering = await service.profiles.answers([{ tenant: 'default', station: 'CS-1', requestId: 'r', inst: 'i', bucket: 0 }]);
    for (const part of answering) await part();
    expect(await service.connections.profile({ tenant: 'default', station: 'CS-1' })).toMatchObject({ keepsMessages: false });
    await service.tenants.put(tenant, new Date());
  });
});
