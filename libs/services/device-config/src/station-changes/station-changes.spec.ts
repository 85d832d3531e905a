import { STATION_CHANGES } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';
import { StationChanges } from './station-changes';

describe('a station that changed', () => {
  let service: ServiceFixture;
  const keys: string[] = [];
  beforeAll(async () => {
    service = await startService();
    await service.bus.follow({ name: 'listener', topic: STATION_CHANGES, handle: ({ key }) => void keys.push(key) });
  });
  afterAll(() => service?.close());
  beforeEach(() => void (keys.length = 0));

  /** What was published has been read when this resolves. */
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  it('is published when it was put, when it booted and when a connector changed, after that is stored', async () => {
    const ref = { tenant: 'default', station: 'CS-1' };
    await service.stations.put(ref, {});
    await turn();
    expect(keys).toEqual(['default/CS-1']);
    await service.send({ ...ref, protocol: 'ocpp1.6' }, 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    await turn();
    expect(keys).toHaveLength(2);
    await service.send({ ...ref, protocol: 'ocpp1.6' }, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' });
    const shown = await service.directory.find(ref);
    expect(shown?.connectors).toMatchObject([{ status: 'Charging' }]);
    await turn();
    expect(keys).toHaveLength(3);
  });

  it('is published once for many changes while the bus is slow, and once more for those in the meantime', async () => {
    const published: string[] = [];
    let take = (): void => undefined;
    const publish = (_topic: unknown, { key }: { key: string }): Promise<void> => {
      published.push(key);
      return new Promise((resolve) => (take = resolve));
    };
    const changes = new StationChanges({ bus: { publish }, notPublished: () => undefined });
    const ref = { tenant: 'acme', station: 'CS-1' };
    changes.publish([ref, ref, ref]);
    expect(published).toEqual(['acme/CS-1']);
    take();
    await turn();
    expect(published).toEqual(['acme/CS-1', 'acme/CS-1']);
    take();
    await turn();
    expect(published).toHaveLength(2);
  });

  it('is not published when the bus takes nothing and too many wait, and nothing waits for it', async () => {
    let notPublished = 0;
    const changes = new StationChanges({
      bus: { publish: () => new Promise(() => undefined) },
      notPublished: () => void notPublished++,
      maxWaiting: 2,
    });
    changes.publish(['A', 'B', 'C', 'B'].map((station) => ({ tenant: 'acme', station })));
    expect(notPublished).toBe(1);
    const failing = new StationChanges({
      bus: { publish: () => Promise.reject(new Error('away')) },
      notPublished: () => void notPublished++,
    });
    failing.publish([{ tenant: 'acme', station: 'A' }]);
    await turn();
    expect(notPublished).toBe(2);
  });
});
