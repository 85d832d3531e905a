import { hashStationKey, type Protocol, type StationRef, type Tenant } from '@voltbus/contracts';
import { TestGateway } from '../testing/test-gateway';
import { HEARTBEAT_SECONDS, PEPPER, startService, type ServiceFixture } from '../testing/start-service';

const BUCKET = 7;
const PASSWORD = 'correct horse battery';
const TENANT: Tenant = {
  tenant: 'default',
  name: 'default',
  unknownStations: 'refuse',
  unknownTokens: 'refuse',
  minSecurityProfile: 1,
  currency: 'EUR',
  defaultTariff: null,
  keepMessagesHours: 24,
  showCost: false,
  masterPassGroup: null,
  reviewFlags: [],
  reviewAbove: null,
};
let service: ServiceFixture;
let gateway: TestGateway;
beforeAll(async () => {
  service = await startService();
  gateway = await TestGateway.at(service, BUCKET);
});
afterAll(async () => {
  await gateway?.close();
  await service?.close();
});

const ref = (station: string, tenant = 'default'): StationRef => ({ tenant, station });
const connect = (of: StationRef, protocol: Protocol = 'ocpp1.6') => gateway.connect(of, protocol);
const boot16 = { chargePointVendor: 'Vendor', chargePointModel: 'Model', chargePointSerialNumber: 'S1', firmwareVersion: '1.2' };
const boot2 = { chargingStation: { vendorName: 'Vendor', model: 'Model', serialNumber: 'S1', firmwareVersion: '1.2' }, reason: 'PowerUp' };
const families: [Protocol, object][] = [
  ['ocpp1.6', boot16],
  ['ocpp2.0.1', boot2],
  ['ocpp2.1', boot2],
];

describe('BootNotification', () => {
  it.each(families)(
    'B01.FR.02 tells an accepted %s station the time and its heartbeat interval, and remembers what it said',
    async (protocol, payload) => {
      const of = ref(`boots-${protocol}`);
      await service.stations.put(of, {});
      const answer = await service.say({ protocol, station: of.station, epoch: 5 }, 'BootNotification', payload);
      expect(answer).toMatchObject({ registration: 'accepted', payload: { status: 'Accepted', interval: HEARTBEAT_SECONDS } });
      expect(answer.payload['currentTime']).toMatch(/^\d{4}-.*Z$/);
      expect(await service.connections.profile(of)).toMatchObject({ known: true, registration: 'accepted' });
      const known = { vendor: 'Vendor', model: 'Model', serialNumber: 'S1', firmwareVersion: '1.2', protocol };
      expect(await service.directory.find(of)).toMatchObject(known);
    },
  );

  it.each([
    ['B02', 'pending', 'Pending'],
    ['B03', 'rejected', 'Rejected'],
  ] as const)('%s answers a %s station as it stands', async (_, registration, status) => {
    await service.stations.put(ref(`is-${registration}`), { registration });
    const answer = await service.say({ protocol: 'ocpp2.0.1', station: `is-${registration}` }, 'BootNotification', boot2);
    expect(answer).toMatchObject({ registration, payload: { status } });
    expect(await service.connections.profile(ref(`is-${registration}`))).toMatchObject({ registration });
  });

  it('B01.FR.10 takes a station for unregistered until it has booted', async () => {
    await service.stations.put(ref('silent'), {});
    await service.profiles.refresh(ref('silent'));
    expect(await service.connections.profile(ref('silent'))).toMatchObject({ known: true, registration: 'unknown' });
  });

  it('rejects a station nobody announced, and registers it where its tenant wants that', async () => {
    const stranger = { protocol: 'ocpp1.6', station: 'stranger' } as const;
    expect(await service.say(stranger, 'BootNotification', boot16)).toMatchObject({ registration: 'rejected' });
    expect(await service.directory.find(ref('stranger'))).toBeNull();
    await service.tenants.put({ ...TENANT, tenant: 'open', unknownStations: 'register', minSecurityProfile: 0 }, new Date());
    expect(await service.say({ ...stranger, tenant: 'open' }, 'BootNotification', boot16)).toMatchObject({ registration: 'accepted' });
    expect(await service.directory.find(ref('stranger', 'open'))).toMatchObject({ vendor: 'Vendor', demandedProfile: 0 });
  });

  it('is fenced: the boot of an older connection changes nothing', async () => {
    await service.stations.put(ref('fenced'), {});
    await service.say({ protocol: 'ocpp1.6', station: 'fenced', epoch: 9 }, 'BootNotification', { ...boot16, firmwareVersion: 'new' });
    await service.say({ protocol: 'ocpp1.6', station: 'fenced', epoch: 8 }, 'BootNotification', { ...boot16, firmwareVersion: 'old' });
    expect(await service.directory.find(ref('fenced'))).toMatchObject({ firmwareVersion: 'new' });
  });
});

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

describe('a change', () => {
  it.each([
    ['a new password', { password: 'another password' }, 'credentials-changed'],
    ['a higher security profile', { securityProfile: 2 }, 'credentials-changed'],
    ['a block', { blocked: true }, 'blocked'],
    ['a registration taken back', { registration: 'rejected' }, 'blocked'],
  ] as const)('%s drops the cached profile and closes the socket', async (what, wish, reason) => {
    const of = ref(what);
    await service.stations.put(of, { password: PASSWORD });
    await service.say({ protocol: 'ocpp1.6', station: what }, 'BootNotification', boot16);
    const epoch = await connect(of);
    await service.stations.put(of, wish);
    expect(await service.connections.profile(of)).toBeNull();
    expect(gateway.evictionsOf(what)).toEqual([{ kind: 'evict', inst: 'gw', epoch, reason }]);
  });

  it('closes the socket of a station that is deleted', async () => {
    await service.stations.put(ref('deleted'), { password: PASSWORD });
    const epoch = await connect(ref('deleted'));
    expect(await service.stations.remove(ref('deleted'))).toBe(true);
    expect(await service.connections.profile(ref('deleted'))).toBeNull();
    expect(gateway.evictionsOf('deleted')).toEqual([{ kind: 'evict', inst: 'gw', epoch, reason: 'deleted' }]);
    expect(await service.stations.remove(ref('deleted'))).toBe(false);
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

  it('I02 of whether the tenant shows costs reaches gateways with the next profile, and evicts nobody', async () => {
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

describe('a password where the tenant demands none', () => {
  const open: Tenant = { ...TENANT, tenant: 'lax', unknownStations: 'register', minSecurityProfile: 0 };
  const profile = async (station: string) => {
    await service.profiles.refresh(ref(station, 'lax'));
    return service.connections.profile(ref(station, 'lax'));
  };
  const evicted = () => gateway.down.filter(({ key, meta }) => key.startsWith('lax/') && meta.kind === 'evict').map(({ key }) => key);

  it('is demanded of the station that has one, and who came without it before must prove it', async () => {
    await service.tenants.put(open, new Date());
    await service.say({ protocol: 'ocpp1.6', station: 'CS-1', tenant: 'lax' }, 'BootNotification', boot16);
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

describe('StatusNotification', () => {
  const at = (minutes: number) => new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString();
  const status16 = (connectorId: number, status: string, timestamp?: string) => ({ connectorId, status, errorCode: 'NoError', timestamp });
  const statesOf = async (station: string) =>
    (await service.directory.find(ref(station)))?.connectors.map(({ evse, connector, status }) => [evse, connector, status]);

  it('1.6 section 4.9 takes a connector for an EVSE with one connector, and connector 0 for the station', async () => {
    const station = { protocol: 'ocpp1.6', station: 'status-16' } as const;
    await service.stations.put(ref('status-16'), {});
    await service.sayMany([0, 1, 2].map((id) => ({ station, action: 'StatusNotification', payload: status16(id, 'Available', at(0)) })));
    expect(await statesOf('status-16')).toEqual([
      [0, 0, 'Available'],
      [1, 1, 'Available'],
      [2, 1, 'Available'],
    ]);
  });

  it('keeps the newest of a batch, whatever the order', async () => {
    const station = { protocol: 'ocpp1.6', station: 'order' } as const;
    await service.stations.put(ref('order'), {});
    const said = [
      status16(1, 'Charging', at(5)),
      status16(1, 'Preparing', at(3)),
      status16(1, 'Finishing', at(6)),
      status16(1, 'Available', at(6)),
    ];
    await service.sayMany(said.map((payload) => ({ station, action: 'StatusNotification', payload })));
    await service.say(station, 'StatusNotification', status16(1, 'Faulted', at(4)));
    expect(await statesOf('order')).toEqual([[1, 1, 'Available']]);
  });

  it('is fenced: what an older connection said does not overwrite a newer one', async () => {
    const station = { protocol: 'ocpp2.0.1', station: 'fenced-status' } as const;
    await service.stations.put(ref('fenced-status'), {});
    const status = (connectorStatus: string, minutes: number) => ({ evseId: 1, connectorId: 2, connectorStatus, timestamp: at(minutes) });
    await service.say({ ...station, epoch: 2 }, 'StatusNotification', status('Occupied', 1));
    await service.say({ ...station, epoch: 1 }, 'StatusNotification', status('Available', 2));
    expect(await statesOf('fenced-status')).toEqual([[1, 2, 'Occupied']]);
  });

  it('believes a newer connection whatever its clock says: the station may have restarted behind its time', async () => {
    const station = { protocol: 'ocpp1.6', station: 'behind' } as const;
    await service.stations.put(ref('behind'), {});
    await service.say({ ...station, epoch: 1 }, 'StatusNotification', status16(1, 'Charging', at(30)));
    await service.say({ ...station, epoch: 1 }, 'StatusNotification', status16(1, 'Finishing', at(10)));
    expect(await statesOf('behind')).toEqual([[1, 1, 'Charging']]); // of the same connection: said late
    await service.say({ ...station, epoch: 2 }, 'StatusNotification', status16(1, 'Available', at(10)));
    expect(await statesOf('behind')).toEqual([[1, 1, 'Available']]);
  });

  it.each([
    ['ahead', '2106-02-07T06:28:15Z'],
    ['in 1970', '1970-01-01T00:00:00Z'],
    ['unreadable', 'yesterday'],
  ])('does not let a clock that is %s hold off what comes later', async (what, timestamp) => {
    const station = { protocol: 'ocpp1.6', station: `clock ${what}` } as const;
    await service.stations.put(ref(station.station), {});
    const receivedAt = new Date(Date.now() - 1_000);
    await service.say({ ...station, receivedAt }, 'StatusNotification', status16(1, 'Charging', timestamp));
    expect((await service.directory.find(ref(station.station)))?.connectors[0]?.changedAt).toBe(receivedAt.toISOString());
    await service.say(station, 'StatusNotification', status16(1, 'Available', new Date().toISOString()));
    expect(await statesOf(station.station)).toEqual([[1, 1, 'Available']]);
  });

  it('of a station that was deleted meanwhile does not hold up the others', async () => {
    await service.stations.put(ref('remains'), {});
    const say = (station: string) => ({
      station: { protocol: 'ocpp1.6' as const, station },
      action: 'StatusNotification',
      payload: status16(1, 'Available'),
    });
    await service.sayMany([say('gone'), say('remains')]);
    expect(await statesOf('remains')).toEqual([[1, 1, 'Available']]);
  });

  it('G01 may come as an event of the connector instead', async () => {
    await service.stations.put(ref('events'), {});
    const component = { name: 'Connector', evse: { id: 1, connectorId: 1 } };
    const event = (name: string, actualValue: string) => ({ component, variable: { name }, actualValue, timestamp: at(0) });
    const eventData = [event('AvailabilityState', 'Occupied'), event('AvailabilityState', 'Strange'), event('Available', 'true')];
    await service.say({ protocol: 'ocpp2.1', station: 'events' }, 'NotifyEvent', { generatedAt: at(0), seqNo: 0, eventData });
    expect(await statesOf('events')).toEqual([[1, 1, 'Occupied']]);
  });
});

describe('presence', () => {
  const said = (station: string, epoch: number, online: boolean, minutes: number) => ({
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
    await service.presence.writeMany([said('two', 1, true, 0), said('two', 2, true, 1)]);
    await service.presence.writeMany([said('two', 1, false, 2)]);
    expect(await stored('two')).toEqual({ online: true, protocol: 'ocpp2.1' });
  });

  it('of one connection the end is last, however often its beginning is delivered', async () => {
    await service.stations.put(ref('ended'), {});
    await service.presence.writeMany([said('ended', 1, true, 0), said('ended', 1, false, 1)]);
    await service.presence.writeMany([said('ended', 1, true, 0)]);
    expect(await stored('ended')).toEqual({ online: false, protocol: 'ocpp2.1' });
  });

  it('is the registry’s to say, and what was last told while the registry is away', async () => {
    await service.stations.put(ref('present'), {});
    await connect(ref('present'), 'ocpp2.0.1');
    expect(await service.directory.find(ref('present'))).toMatchObject({ online: true, protocol: 'ocpp2.0.1' });
    await service.presence.writeMany([said('present', 1, false, 7)]);
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
});
