import { CONNECTIONS, type Protocol, type StationRef } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';
import { TestGateway } from '../testing/test-gateway';

let service: ServiceFixture;
let gateway: TestGateway;
beforeAll(async () => {
  service = await startService();
  gateway = await TestGateway.at(service, 7);
});
afterAll(async () => {
  await gateway?.close();
  await service?.close();
});

const ref = (station: string, tenant = 'default'): StationRef => ({ tenant, station });
const connect = (of: StationRef, protocol: Protocol = 'ocpp1.6') => gateway.connect(of, protocol);

describe('presence', () => {
  const presence = (station: string, epoch: number, online: boolean, minutes: number) => ({
    ...ref(station),
    protocol: 'ocpp2.1' as const,
    epoch,
    online,
    at: new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString(),
  });
  const stored = async (station: string) =>
    (await service.database.query('SELECT online, protocol FROM device_config.stations WHERE station = $1', [station]))[0];

  it('is fenced: the end of an older connection does not end a newer one', async () => {
    await service.stations.put(ref('two'), {});
    await service.presence.writeMany([presence('two', 1, true, 0), presence('two', 2, true, 1)]);
    await service.presence.writeMany([presence('two', 1, false, 2)]);
    expect(await stored('two')).toEqual({ online: true, protocol: 'ocpp2.1' });
  });

  it('of one connection the end is last, however often its beginning is delivered', async () => {
    await service.stations.put(ref('ended'), {});
    await service.presence.writeMany([presence('ended', 1, true, 0), presence('ended', 1, false, 1)]);
    await service.presence.writeMany([presence('ended', 1, true, 0)]);
    expect(await stored('ended')).toEqual({ online: false, protocol: 'ocpp2.1' });
  });

  it('comes from the connection registry, and from the last event while the registry is away', async () => {
    await service.stations.put(ref('present'), {});
    await connect(ref('present'), 'ocpp2.0.1');
    expect(await service.directory.find(ref('present'))).toMatchObject({ online: true, protocol: 'ocpp2.0.1' });
    await service.presence.writeMany([presence('present', 1, false, 7)]);
    const away = jest.spyOn(service.connections, 'findMany').mockRejectedValue(new Error('away'));
    const last = { online: false, protocol: 'ocpp2.1', lastSeenAt: '2026-01-01T00:07:00.000Z' };
    expect(await service.directory.find(ref('present'))).toMatchObject(last);
    away.mockRestore();
  });

  it('ends with the gateway that held the station and died without a word', async () => {
    await service.stations.put(ref('orphan'), {});
    await service.connections.renewLease({ inst: 'doomed', bucket: 1 });
    await service.connections.acquire(ref('orphan'), { inst: 'doomed', bucket: 1, protocol: 'ocpp1.6', lastSeenAt: Date.now() });
    expect(await service.directory.find(ref('orphan'))).toMatchObject({ online: true });
    await service.connections.endLease('doomed');
    expect(await service.directory.find(ref('orphan'))).toMatchObject({ online: false });
  });

  it('follows the events of gateways; a refused connection was never there', async () => {
    await service.stations.put(ref('CS-1'), {});
    const at = '2026-01-01T00:00:00.000Z';
    const event = (epoch: number, reason: string) => ({ ...ref('CS-1'), protocol: 'ocpp1.6', gateway: 'gw', epoch, at, reason });
    await service.deliver(CONNECTIONS.events.connected, [event(6, 'connected')]);
    expect(await stored('CS-1')).toMatchObject({ online: true });
    await service.deliver(CONNECTIONS.events.refused, [{ ...ref('CS-1'), remoteAddress: '10.0.0.1', reason: 'blocked', at }]);
    expect(await stored('CS-1')).toMatchObject({ online: true });
    await service.deliver(CONNECTIONS.events.disconnected, [event(6, 'closed')]);
    expect(await stored('CS-1')).toMatchObject({ online: false });
  });
});
