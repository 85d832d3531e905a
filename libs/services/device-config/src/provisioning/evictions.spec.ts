import { CONNECTIONS, type Protocol, type StationRef, type Tenant } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';
import { TestGateway } from '../testing/test-gateway';
import { TENANT } from '../testing/tenant';

const PASSWORD = 'correct horse battery';

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
const boot16 = { chargePointVendor: 'Vendor', chargePointModel: 'Model', chargePointSerialNumber: 'S1', firmwareVersion: '1.2' };

describe('a change', () => {
  it.each([
    ['a new password', { password: 'another password' }, 'credentials-changed'],
    ['a higher security profile', { securityProfile: 2 }, 'credentials-changed'],
    ['a block', { blocked: true }, 'blocked'],
    ['a registration taken back', { registration: 'rejected' }, 'blocked'],
  ] as const)('%s drops the cached profile and closes the socket', async (what, update, reason) => {
    const of = ref(what);
    await service.stations.put(of, { password: PASSWORD });
    await service.send({ protocol: 'ocpp1.6', station: what }, 'BootNotification', boot16);
    const epoch = await connect(of);
    await service.stations.put(of, update);
    expect(await service.connections.profile(of)).toBeNull();
    expect(gateway.evictionsOf(what)).toEqual([{ kind: 'evict', inst: 'gw', epoch, reason }]);
  });

  it('closes the socket of a station that is deleted', async () => {
    await service.stations.put(ref('deleted'), { password: PASSWORD });
    const epoch = await connect(ref('deleted'));
    await service.stations.forget(ref('deleted'));
    expect(await service.connections.profile(ref('deleted'))).toBeNull();
    expect(gateway.evictionsOf('deleted')).toEqual([{ kind: 'evict', inst: 'gw', epoch, reason: 'deleted' }]);
    await expect(service.stations.forget(ref('deleted'))).rejects.toThrow('no such station');
  });

  it('that changes nothing leaves the socket and the cached profile alone', async () => {
    await service.stations.put(ref('same'), { password: PASSWORD, blocked: false });
    await connect(ref('same'));
    await service.stations.put(ref('same'), { password: PASSWORD });
    await service.stations.put(ref('same'), {});
    expect(await service.connections.profile(ref('same'))).not.toBeNull();
    expect(gateway.evictionsOf('same')).toEqual([]);
  });

  it('leaves a block standing when only the password is put', async () => {
    await service.stations.put(ref('stays'), { blocked: true });
    await service.stations.put(ref('stays'), { password: PASSWORD });
    expect(await service.directory.find(ref('stays'))).toMatchObject({ blocked: true });
  });

  it('made while the registry is away is felt by the next sweep', async () => {
    await service.stations.put(ref('later'), { password: PASSWORD });
    const epoch = await connect(ref('later'));
    const away = jest.spyOn(service.connections, 'dropProfile').mockRejectedValueOnce(new Error('away'));
    await service.stations.put(ref('later'), { blocked: true });
    expect(gateway.evictionsOf('later')).toEqual([]);
    away.mockRestore();
    await service.evictions.sweep();
    expect(gateway.evictionsOf('later')).toEqual([{ kind: 'evict', inst: 'gw', epoch, reason: 'blocked' }]);
    expect(await service.database.query('SELECT * FROM device_config.evictions')).toEqual([]);
  });

  it('is never covered by an older profile that is cached at the same time', async () => {
    await service.stations.put(ref('race'), { password: PASSWORD });
    const put = service.connections.putProfile.bind(service.connections);
    const race = jest.spyOn(service.connections, 'putProfile').mockImplementationOnce(async (profile) => {
      await service.stations.put(ref('race'), { blocked: true });
      await put(profile);
    });
    await service.profiles.refresh(ref('race'));
    race.mockRestore();
    expect(await service.connections.profile(ref('race'))).toBeNull();
  });

  it('I02 of whether the tenant shows costs reaches gateways with the next profile, and evicts no station', async () => {
    await service.tenants.put({ ...TENANT, tenant: 'shows', name: 'shows' }, new Date());
    await service.stations.put(ref('CS-1', 'shows'), {});
    await connect(ref('CS-1', 'shows'));
    expect(await service.connections.profile(ref('CS-1', 'shows'))).toMatchObject({ answersUpdates: false });
    await service.tenants.put({ ...TENANT, tenant: 'shows', name: 'shows', showCost: true }, new Date());
    await service.evictions.sweep();
    expect(await service.connections.profile(ref('CS-1', 'shows'))).toBeNull();
    await service.profiles.refresh(ref('CS-1', 'shows'));
    expect(await service.connections.profile(ref('CS-1', 'shows'))).toMatchObject({ answersUpdates: true });
    expect(gateway.down.some(({ key, meta }) => key === 'shows/CS-1' && meta.kind === 'evict')).toBe(false);
  });

  it('of the tenant’s least security profile reaches its stations, and spares those that demanded as much themselves', async () => {
    const lax: Tenant = { ...TENANT, tenant: 'stricter', minSecurityProfile: 1 };
    await service.tenants.put(lax, new Date());
    await service.stations.put(ref('weak', 'stricter'), { password: PASSWORD });
    await service.stations.put(ref('strong', 'stricter'), { password: PASSWORD, securityProfile: 2 });
    await connect(ref('weak', 'stricter'));
    await connect(ref('strong', 'stricter'));
    await service.tenants.put({ ...lax, minSecurityProfile: 2 }, new Date());
    await service.evictions.sweep();
    const evicted = gateway.down.filter(({ key, meta }) => key.startsWith('stricter/') && meta.kind === 'evict').map(({ key }) => key);
    expect(evicted).toEqual(['stricter/weak']);
    expect(await service.connections.profile(ref('strong', 'stricter'))).toBeNull();
  });
});

describe('a station that has just connected', () => {
  const onConnected = (connection: StationRef & { epoch: number }) =>
    service.deliver(CONNECTIONS.events.connected, [
      { protocol: 'ocpp1.6', gateway: 'gw', at: '2026-01-01T00:00:00.000Z', reason: 'connected', ...connection },
    ]);

  it.each([
    ['blocked', async (ref: StationRef): Promise<void> => void (await service.stations.put(ref, { blocked: true }))],
    ['deleted', async (ref: StationRef): Promise<void> => void (await service.stations.forget(ref))],
  ] as const)('is disconnected when it was %s during its upgrade', async (reason, change) => {
    const ref = { tenant: 'default', station: `late-${reason}` };
    await service.stations.put(ref, {});
    await change(ref);
    const { epoch } = await service.connections.acquire(ref, { inst: 'gw', bucket: 7, protocol: 'ocpp1.6', lastSeenAt: 0 });
    await onConnected({ ...ref, epoch });
    expect(gateway.evictionsOf(ref.station)).toEqual([{ kind: 'evict', inst: 'gw', epoch, reason }]);
  });

  it('stays where its tenant registers unknown stations, or when it is known', async () => {
    await service.tenants.add({ ...TENANT, tenant: 'open', unknownStations: 'register' }, new Date());
    await service.stations.put({ tenant: 'default', station: 'welcome' }, {});
    const evictions = gateway.down.filter(({ meta }) => meta.kind === 'evict').length;
    for (const ref of [
      { tenant: 'open', station: 'stranger' },
      { tenant: 'default', station: 'welcome' },
    ]) {
      const { epoch } = await service.connections.acquire(ref, { inst: 'gw', bucket: 7, protocol: 'ocpp1.6', lastSeenAt: 0 });
      await onConnected({ ...ref, epoch });
    }
    await service.evictions.sweep();
    expect(gateway.down.filter(({ meta }) => meta.kind === 'evict')).toHaveLength(evictions);
  });
});
