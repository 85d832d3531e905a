import { STATIONS, type Protocol } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';
import { MAX_CONNECTORS } from '../availability/store/typeorm-connectors';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService({ maxRegistered: 3 });
});
afterAll(() => service?.close());

const ref = (station: string, tenant = 'default') => ({ tenant, station });
const AT = new Date().toISOString();
const boot = { chargingStation: { vendorName: 'Vendor', model: 'Model' }, reason: 'PowerUp' };

describe.each<[Protocol, (number: number) => object]>([
  ['ocpp1.6', (connectorId) => ({ connectorId, errorCode: 'NoError', status: 'Available' })],
  ['ocpp2.0.1', (evseId) => ({ evseId, connectorId: 1, connectorStatus: 'Available', timestamp: AT })],
  ['ocpp2.1', (evseId) => ({ evseId, connectorId: 1, connectorStatus: 'Available', timestamp: AT })],
])('connectors of a station of %s', (protocol, status) => {
  const station = `numbers-${protocol}`;
  const shown = async () => {
    const found = await service.directory.find(ref(station));
    return { kept: found?.connectors.length, notKept: found?.reportsNotKept };
  };
  beforeAll(() => service.stations.put(ref(station), {}));

  it('are as many as a station may have, however many it names; what is beyond is answered and counted', async () => {
    const said = Array.from({ length: 300 }, (_, nth) => ({
      station: { protocol, station },
      action: 'StatusNotification',
      payload: status(nth + 1),
    }));
    await service.sayMany(said.slice(0, 100));
    await service.sayMany(said.slice(100));
    expect(await shown()).toEqual({ kept: MAX_CONNECTORS, notKept: 300 - MAX_CONNECTORS });
    expect((await service.say({ protocol, station }, 'StatusNotification', status(9_999_999))).payload).toEqual({});
    expect(await shown()).toEqual({ kept: MAX_CONNECTORS, notKept: 301 - MAX_CONNECTORS });
  });

  it('that are kept go on to change', async () => {
    const faulted = protocol === 'ocpp1.6' ? { status: 'Faulted' } : { connectorStatus: 'Faulted' };
    await service.say({ protocol, station, epoch: 2 }, 'StatusNotification', { ...status(MAX_CONNECTORS), ...faulted });
    const connectors = (await service.directory.find(ref(station)))?.connectors ?? [];
    expect(connectors.find(({ evse }) => evse === MAX_CONNECTORS)?.status).toBe('Faulted');
  });
});

it('2.x NotifyEvent names no more connectors than StatusNotification', async () => {
  await service.stations.put(ref('events'), {});
  const eventData = Array.from({ length: 200 }, (_, nth) => ({
    ...{ eventId: nth, timestamp: AT, trigger: 'Delta', actualValue: 'Available', eventNotificationType: 'HardWiredNotification' },
    component: { name: 'Connector', evse: { id: nth + 1, connectorId: 1 } },
    variable: { name: 'AvailabilityState' },
  }));
  await service.say({ protocol: 'ocpp2.0.1', station: 'events' }, 'NotifyEvent', { generatedAt: AT, seqNo: 0, eventData });
  expect(await service.directory.find(ref('events'))).toMatchObject({ reportsNotKept: 200 - MAX_CONNECTORS });
});

describe('a tenant that registers whoever comes', () => {
  const tenant = 'open';
  const register = (station: string) => service.say({ protocol: 'ocpp2.0.1', tenant, station }, 'BootNotification', boot);
  const admitted = async (station: string) => {
    const [profile] = await service.profilesOf([ref(station, tenant)]);
    return [profile?.known, profile?.unknownStations];
  };
  beforeAll(() =>
    service.tenants.put(
      {
        ...{ tenant, name: tenant, unknownStations: 'register', unknownTokens: 'refuse', minSecurityProfile: 0, currency: 'EUR' },
        ...{ defaultTariff: null, keepMessagesHours: 0, showCost: false, masterPassGroup: null, reviewFlags: [], reviewAbove: null },
      },
      new Date(),
    ),
  );

  it('takes so many; then it refuses unknown ones at the door, and whoever is in already at its boot', async () => {
    expect(await admitted('s1')).toEqual([false, 'register']);
    const answers = await Promise.all(['s1', 's2', 's3', 's4', 's5'].map(register)); // at once: the count is one of all of them
    expect(answers.filter(({ registration }) => registration === 'accepted')).toHaveLength(3);
    expect(answers.filter(({ registration }) => registration === 'rejected')).toHaveLength(2);
    expect(await admitted('s6')).toEqual([false, 'refuse']);
    expect((await register('s6')).payload).toMatchObject({ status: 'Rejected' });
  });

  it('lets those in that it has, and those that an operator announces', async () => {
    const [{ station } = { station: '' }] = await service.directory.page(tenant, { limit: 1, after: null });
    expect(await admitted(station)).toEqual([true, 'register']);
    await service.stations.put(ref('announced', tenant), {});
    expect((await register('announced')).registration).toBe('accepted');
    expect(await admitted('s6')).toEqual([false, 'refuse']);
  });

  it('has room again when an operator takes one on, or deletes one', async () => {
    const stations = await service.directory.page(tenant, { limit: 10, after: null });
    const [first = '', second = ''] = stations.map(({ station }) => station).filter((station) => station !== 'announced');
    await service.stations.put(ref(first, tenant), {});
    expect((await register('s7')).registration).toBe('accepted');
    expect((await register('s8')).registration).toBe('rejected');
    await service.stations.remove(ref(second, tenant));
    expect((await register('s8')).registration).toBe('accepted');
  });
});

describe('messages that no rule acts on', () => {
  const event = {
    station: { protocol: 'ocpp2.0.1' as const, station: 'talks' },
    action: 'SecurityEventNotification',
    payload: { type: 'X', timestamp: AT },
  };
  const kept = async () => (await service.database.query<unknown[]>(`SELECT FROM device_config.messages WHERE station = 'talks'`)).length;

  it('are kept so many of one station; it is answered all the same, and others are kept', async () => {
    for (let batch = 0; batch < 6; batch++) await service.sayMany(Array.from({ length: 1_000 }, () => event));
    expect(await kept()).toBe(5_000);
    expect((await service.say(event.station, event.action, event.payload)).payload).toEqual({});
    await service.say({ protocol: 'ocpp2.0.1', station: 'other' }, event.action, event.payload);
    const [other]: { count: number }[] = await service.database.query(
      `SELECT count(*)::integer FROM device_config.messages WHERE station = 'other'`,
    );
    expect(other?.count).toBe(1);
  });
});

it('a station that is deleted takes what it said with it, and says so to those who keep something of it', async () => {
  const of = ref('gone');
  await service.stations.put(of, {});
  await service.say({ protocol: 'ocpp1.6', station: 'gone' }, 'FirmwareStatusNotification', { status: 'Downloaded' });
  await service.say({ protocol: 'ocpp1.6', station: 'gone' }, 'StatusNotification', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'Available',
  });
  await service.stations.remove(of);
  for (const table of ['stations', 'connectors', 'messages', 'frames'])
    expect(await service.database.query(`SELECT FROM device_config.${table} WHERE station = 'gone'`)).toEqual([]);
  const told = await service.database.query<{ type: string; topic: string }[]>(
    `SELECT topic, headers->>'ce_type' AS type FROM device_config.outbox WHERE key = 'default/gone'`,
  );
  expect(told).toEqual([{ topic: STATIONS.name, type: 'voltbus.station.deleted' }]);
});
