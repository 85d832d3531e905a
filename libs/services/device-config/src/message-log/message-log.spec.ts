import { FRAMES, packFrame, type FrameCopy } from '@voltbus/contracts';
import { silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { oldestKept } from './domain/keeping';
import { MAX_BUFFERED_CHARS, WriteBuffer } from './write-buffer';
import { DeviceConfigTelemetry } from '../telemetry';
import { startService, type ServiceFixture } from '../testing/start-service';
import { HOURS_AHEAD } from './store/typeorm-message-log-partitions';
import { DeviceConfigWorker } from '../worker';

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
const shown = (tenant = 'default', limit = 100, after: { at: number; seq: number } | null = null, at = now) =>
  service.messageLog.page({ ref: { tenant, station: 'CS-1' }, limit, after }, at);
const kept = async (): Promise<{ tenant: string; at: Date }[]> =>
  service.database.query('SELECT tenant, at FROM device_config.frames ORDER BY at');

describe('messages that are kept', () => {
  it('are shown newest first, whole, page by page, and only of the station', async () => {
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
    const [first] = await shown('default', 1);
    expect(await shown('default', 1, first)).toEqual([copies[1]]);
    expect(await shown('default', 5, copies[1])).toEqual([copies[0]]);
  });

  it('are kept once, though the bus tells them twice', async () => {
    const copies = [copy(), copy()];
    await service.messageLog.writeMany(copies);
    await service.messageLog.writeMany([...copies, copy()]);
    expect(await shown()).toHaveLength(3);
  });

  it('are none of a tenant that wants none, or that there is not, whatever gateways still send', async () => {
    await service.messageLog.writeMany([copy({ tenant: 'off' }), copy({ tenant: 'nobody' }), copy()]);
    expect((await kept()).map(({ tenant }) => tenant)).toEqual(['default']);
  });

  it('are shown as long as their tenant wants, from the moment it says so', async () => {
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

  it('go when they are too old for their tenant, and whole hours when they are too old for all', async () => {
    await service.messageLogPartitions.make(new Date(NOON - 200 * HOUR_MS));
    await service.messageLogPartitions.make(now);
    const ages = [0.1, 3, 50, 190];
    for (const tenant of ['brief', 'long'])
      await service.messageLog.writeMany(ages.map((hours) => copy({ tenant, at: now.getTime() - hours * HOUR_MS })));
    const longest = await service.messageLog.longestKept();
    expect(longest).toBe(100);
    const before = await service.messageLogPartitions.hours();
    await service.messageLogPartitions.dropBefore(oldestKept(longest, now));
    await service.messageLog.forgetOld(now, longest);
    const hoursAgo = ({ at, tenant }: { at: Date; tenant: string }) => [tenant, Math.round((now.getTime() - at.getTime()) / HOUR_MS)];
    expect((await kept()).map(hoursAgo)).toEqual([
      ['long', 50],
      ['long', 3],
      ['brief', 0],
      ['long', 0],
    ]);
    const left = await service.messageLogPartitions.hours();
    expect(left.length).toBeLessThan(before.length);
    expect(Math.min(...left)).toBeGreaterThanOrEqual(Math.floor((now.getTime() - 100 * HOUR_MS) / HOUR_MS));
  });

  it('have their hours made ahead, once, and a place where no hour was made', async () => {
    await Promise.all([service.messageLogPartitions.make(now), service.messageLogPartitions.make(now)]);
    const hours = await service.messageLogPartitions.hours();
    const hour = Math.floor(now.getTime() / HOUR_MS);
    expect(hours).toEqual(expect.arrayContaining(Array.from({ length: HOURS_AHEAD + 2 }, (_, index) => hour - 1 + index)));
    const far = new Date(now.getTime() + 1_000 * HOUR_MS);
    await service.messageLog.writeMany([copy({ at: far.getTime() })]);
    await service.messageLogPartitions.make(far); // its hour has a row elsewhere: left as it is
    expect(await shown('default', 1, null, far)).toHaveLength(1);
  });

  it('go with their station and with their tenant: whoever has the name next has nothing of them', async () => {
    const tenant = { ...(await service.tenants.find('default'))!, tenant: 'brief-lived' };
    await service.tenants.put(tenant, new Date());
    const ref = { tenant: 'brief-lived', station: 'CS-1' };
    await service.stations.put(ref, {});
    await service.messageLog.writeMany([copy(ref), copy({ ...ref, station: 'unannounced' })]);
    await service.stations.remove(ref);
    expect(await kept()).toHaveLength(1);
    await service.tenants.remove('brief-lived', new Date());
    expect(await kept()).toHaveLength(0);
  });
});

describe('a tenant that switches its messages off or on', () => {
  it('is told to gateways with the next profile, and evicts nobody', async () => {
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

describe('the shelf between bus and database', () => {
  let metrics: TestMetrics;
  const count = (result: string) => metrics.total('device_config_frame_copies_total', { result });
  const shelf = (store: ConstructorParameters<typeof WriteBuffer>[0] = service.messageLog) => {
    metrics = testMetrics();
    return new WriteBuffer(store, new DeviceConfigTelemetry(silentLogger, metrics));
  };
  const big = (): FrameCopy => copy({ payload: `"${'x'.repeat(30_000)}"` });

  it('drops the oldest beyond its limit and counts them, while the table is locked; then writes what it holds', async () => {
    const locked = service.database.createQueryRunner();
    await locked.startTransaction();
    await locked.query('LOCK TABLE device_config.frames IN ACCESS EXCLUSIVE MODE');
    const full = shelf();
    full.put([copy()]);
    const sent = Math.ceil(MAX_BUFFERED_CHARS / 30_000) * 2;
    const newest = copy({ at: now.getTime() + 1 });
    for (let index = 0; index < sent; index++) full.put([big()]);
    full.put([newest]);
    expect(count('full')).toBeGreaterThan(sent / 3);
    // a station is not kept waiting by it
    expect(await service.say({ protocol: 'ocpp1.6' }, 'Heartbeat', {})).toMatchObject({
      payload: { currentTime: expect.any(String) as string },
    });
    await locked.commitTransaction();
    await locked.release();
    await full.written();
    expect(count('kept') + count('full')).toBe(sent + 2);
    expect(await shown('default', 1, null)).toEqual([newest]);
  });

  it('tries again what the database was away for, and gives up what it never takes', async () => {
    const away = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const writeMany = jest
      .fn(service.messageLog.writeMany.bind(service.messageLog))
      .mockRejectedValueOnce(away)
      .mockResolvedValueOnce(undefined)
      .mockRejectedValueOnce(new Error('numeric field overflow'));
    const [first, second, third] = [copy(), copy(), copy()];
    const trying = shelf({ writeMany });
    trying.put([first]);
    await trying.written();
    trying.put([second]);
    await trying.written();
    trying.put([third]);
    await trying.written();
    expect(writeMany.mock.calls.map(([copies]) => copies)).toEqual([[first], [first], [second], [third]]);
    expect([count('kept'), count('refused')]).toEqual([2, 1]);
  });

  it('loses only the copy that the database cannot store, not those of other stations beside it', async () => {
    const copies = [copy({ station: 'CS-2' }), copy({ latencyMs: Infinity, bytes: 2 ** 40 }), copy({ station: 'CS-3' }), copy()];
    const trying = shelf();
    trying.put(copies);
    await trying.written();
    expect([count('kept'), count('refused')]).toEqual([3, 1]);
    expect(await kept()).toHaveLength(3);
  });

  it('goes on after a record that held nothing', async () => {
    const quiet = shelf();
    quiet.put([]);
    const later = copy();
    quiet.put([later]);
    await quiet.written();
    expect(await shown('default', 1, null)).toEqual([later]);
  });

  it('is filled from the bus, whatever a record holds, and emptied before the service goes', async () => {
    const worker = new DeviceConfigWorker({ service, bus: service.bus, logger: silentLogger, metrics: testMetrics() });
    await worker.start();
    const recent = { at: Date.now() };
    const value = Buffer.from(`${packFrame(copy(recent))}nonsense\n${packFrame(copy(recent))}`);
    const write = service.messageLog.writeMany.bind(service.messageLog);
    const begun = new Promise<void>((resolve) =>
      jest.spyOn(service.messageLog, 'writeMany').mockImplementationOnce((copies) => {
        resolve();
        return write(copies);
      }),
    );
    await service.bus.publish(FRAMES, { key: '1', value });
    await begun;
    await worker.stop();
    expect(await kept()).toHaveLength(2);
  });
});
