import { hashStationKey, type Protocol, type StationRef, type Tenant } from '@voltbus/contracts';
import { MAX_KEY_HASHES, TypeormKeyHashes } from './store/typeorm-key-hashes';
import { PEPPER, startService, type ServiceFixture } from '../testing/start-service';
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

describe('passwords', () => {
  it('A00.FR.204 keeps the hash of a password, never the password', async () => {
    await service.stations.put(ref('text'), { password: PASSWORD });
    await service.profiles.refresh(ref('text'));
    const profile = await service.connections.profile(ref('text'));
    expect(profile?.keyHashes).toEqual([hashStationKey(PEPPER, ref('text'), Buffer.from(PASSWORD))]);
    const [stored] = await service.database.query(`SELECT * FROM device_config.stations WHERE station = 'text'`);
    expect(JSON.stringify(stored)).not.toContain(PASSWORD);
  });

  it('takes the key of a 1.6 station as bytes and as digits of either case (TC_085_CSMS)', async () => {
    const key = 'C0ffee00112233445566778899aabbccddeeff00';
    await service.stations.put(ref('hex'), { password: key });
    await service.profiles.refresh(ref('hex'));
    const hashes = (await service.connections.profile(ref('hex')))?.keyHashes;
    for (const form of [key, key.toLowerCase(), key.toUpperCase(), Buffer.from(key, 'hex')])
      expect(hashes).toContain(hashStationKey(PEPPER, ref('hex'), Buffer.from(form)));
  });
});

it('is hashed anew beside the hash that proved it, and no connection ends by it; what is not of the station stays out', async () => {
  await service.stations.put(ref('anew'), { password: PASSWORD });
  await connect(ref('anew'));
  const before = hashStationKey(PEPPER, ref('anew'), Buffer.from(PASSWORD));
  const store = new TypeormKeyHashes(service.database);
  const hashes = async () => (await service.stations.find(ref('anew')))?.keyHashes;
  for (const rehash of [
    { before: 'wrong', after: 'forged' },
    { before, after: 'new' },
    { before, after: 'new' },
  ])
    await store.add({ ...ref('anew'), ...rehash });
  expect(await hashes()).toEqual([before, 'new']);
  await service.evictions.sweep();
  expect(gateway.down.filter(({ meta }) => meta.kind === 'evict')).toEqual([]);
  for (let turn = 0; turn < 2 * MAX_KEY_HASHES; turn++)
    await store.add({ ...ref('anew'), before: (await hashes())?.at(-1) ?? '', after: `new ${turn}` });
  const now = await hashes();
  expect([now?.length, now?.at(-1)]).toEqual([MAX_KEY_HASHES, `new ${2 * MAX_KEY_HASHES - 1}`]);
});

describe('a password where the tenant demands none', () => {
  const open: Tenant = { ...TENANT, tenant: 'lax', unknownStations: 'register', minSecurityProfile: 0 };
  const profile = async (station: string) => {
    await service.profiles.refresh(ref(station, 'lax'));
    return service.connections.profile(ref(station, 'lax'));
  };
  const evicted = () => gateway.down.filter(({ key, meta }) => key.startsWith('lax/') && meta.kind === 'evict').map(({ key }) => key);

  it('is demanded of a station that has one, also when it has connected without it before', async () => {
    await service.tenants.put(open, new Date());
    await service.send({ protocol: 'ocpp1.6', station: 'CS-1', tenant: 'lax' }, 'BootNotification', boot16);
    expect(await profile('CS-1')).toMatchObject({ securityProfile: 0, keyHashes: [] });
    await connect(ref('CS-1', 'lax'));
    await service.stations.put(ref('CS-1', 'lax'), { password: PASSWORD });
    expect(evicted()).toEqual(['lax/CS-1']);
    expect(await profile('CS-1')).toMatchObject({ securityProfile: 1 });
    expect(await service.directory.find(ref('CS-1', 'lax'))).toMatchObject({ demandedProfile: 1 });
  });

  it('has been proved already when the tenant demands it of all', async () => {
    await service.stations.put(ref('CS-2', 'lax'), {});
    await connect(ref('CS-1', 'lax'));
    await connect(ref('CS-2', 'lax'));
    await service.tenants.put({ ...open, minSecurityProfile: 1 }, new Date());
    await service.evictions.sweep();
    expect(evicted()).toEqual(['lax/CS-1', 'lax/CS-2']); // the first one from before
  });
});
