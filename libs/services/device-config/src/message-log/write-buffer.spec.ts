import { FRAMES, packFrame, type FrameCopy } from '@voltbus/contracts';
import { silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { MAX_BUFFERED_CHARS, WriteBuffer } from './write-buffer';
import { DeviceConfigTelemetry } from '../telemetry';
import { startService, type ServiceFixture } from '../testing/start-service';

const NOON = Date.UTC(2026, 5, 1, 12);
const now = new Date(NOON + 30 * 60_000);

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
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
const shown = async (tenant = 'default', limit = 100, at = now) => {
  const copies = service.messageLog.list({ tenant, station: 'CS-1' }, at);
  return (await copies.read({ filters: {}, sort: { by: 'at', descending: true }, limit, after: null })).items;
};
const kept = async (): Promise<{ tenant: string; at: Date }[]> =>
  service.database.query('SELECT tenant, at FROM device_config.frames ORDER BY at');

describe('the write buffer of the message log', () => {
  let metrics: TestMetrics;
  const count = (result: string) => metrics.total('device_config_frame_copies_total', { result });
  const buffer = (store: ConstructorParameters<typeof WriteBuffer>[0] = service.messageLog) => {
    metrics = testMetrics();
    return new WriteBuffer(store, new DeviceConfigTelemetry(silentLogger, metrics));
  };
  const big = (): FrameCopy => copy({ payload: `"${'x'.repeat(30_000)}"` });

  it('drops the oldest beyond its limit and counts them, while the table is locked; then writes what it holds', async () => {
    const locked = service.database.createQueryRunner();
    await locked.startTransaction();
    await locked.query('LOCK TABLE device_config.frames IN ACCESS EXCLUSIVE MODE');
    const full = buffer();
    full.put([copy()]);
    const sent = Math.ceil(MAX_BUFFERED_CHARS / 30_000) * 2;
    const newest = copy({ at: now.getTime() + 1 });
    for (let index = 0; index < sent; index++) full.put([big()]);
    full.put([newest]);
    expect(count('full')).toBeGreaterThan(sent / 3);
    // a station is not kept waiting by it
    expect(await service.send({ protocol: 'ocpp1.6' }, 'Heartbeat', {})).toMatchObject({
      payload: { currentTime: expect.any(String) as string },
    });
    await locked.commitTransaction();
    await locked.release();
    await full.written();
    expect(count('kept') + count('full')).toBe(sent + 2);
    expect(await shown('default', 1)).toEqual([newest]);
  });

  it('tries again while the database is away, and gives up copies that it will never take', async () => {
    const away = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const writeMany = jest
      .fn(service.messageLog.writeMany.bind(service.messageLog))
      .mockRejectedValueOnce(away)
      .mockResolvedValueOnce(undefined)
      .mockRejectedValueOnce(new Error('numeric field overflow'));
    const [first, second, third] = [copy(), copy(), copy()];
    const trying = buffer({ writeMany });
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
    const trying = buffer();
    trying.put(copies);
    await trying.written();
    expect([count('kept'), count('refused')]).toEqual([3, 1]);
    expect(await kept()).toHaveLength(3);
  });

  it('goes on after an empty record', async () => {
    const quiet = buffer();
    quiet.put([]);
    const later = copy();
    quiet.put([later]);
    await quiet.written();
    expect(await shown('default', 1)).toEqual([later]);
  });

  it('is filled from the bus, whatever a record holds, and written before the service stops', async () => {
    await service.service.start();
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
    await service.service.stop();
    expect(await kept()).toHaveLength(2);
  });
});
