import { listed } from '@voltbus/testing';
import { startService, type ServiceFixture } from '../testing/start-service';

let service: ServiceFixture;
beforeAll(async () => (service = await startService({ VOLTBUS_MAX_REGISTERED_STATIONS: '3' })));
afterAll(() => service?.close());

const ref = (station: string, tenant = 'default') => ({ tenant, station });
const boot = { chargingStation: { vendorName: 'Vendor', model: 'Model' }, reason: 'PowerUp' };

describe('a tenant that registers unknown stations', () => {
  const tenant = 'open';
  const register = (station: string) => service.send({ protocol: 'ocpp2.0.1', tenant, station }, 'BootNotification', boot);
  const admitted = async (station: string) => {
    const [profile] = await service.profilesOf([ref(station, tenant)]);
    return [profile?.known, profile?.unknownStations];
  };
  beforeAll(() =>
    service.tenants.put(
      {
        ...{
          tenant,
          name: tenant,
          unknownStations: 'register',
          unknownTokens: 'refuse',
          minSecurityProfile: 0,
          certificateOrganization: null,
          currency: 'EUR',
        },
        ...{ defaultTariff: null, keepMessagesHours: 0, showCost: false, masterPassGroup: null, reviewFlags: [], reviewAbove: null },
      },
      new Date(),
    ),
  );

  it('registers a limited number; then it refuses unknown ones at the upgrade, and connected ones at their boot', async () => {
    expect(await admitted('s1')).toEqual([false, 'register']);
    const answers = await Promise.all(['s1', 's2', 's3', 's4', 's5'].map(register)); // at once: the count is one of all of them
    expect(answers.filter(({ registration }) => registration === 'accepted')).toHaveLength(3);
    expect(answers.filter(({ registration }) => registration === 'rejected')).toHaveLength(2);
    expect(await admitted('s6')).toEqual([false, 'refuse']);
    expect((await register('s6')).payload).toMatchObject({ status: 'Rejected' });
  });

  it('lets those in that it has, and those that an operator announces', async () => {
    const [{ station } = { station: '' }] = await listed(service.directory.list(tenant), {}, 'station');
    expect(await admitted(station)).toEqual([true, 'register']);
    await service.stations.put(ref('announced', tenant), {});
    expect((await register('announced')).registration).toBe('accepted');
    expect(await admitted('s6')).toEqual([false, 'refuse']);
  });

  it('has room again when an operator takes one on, or deletes one', async () => {
    const stations = await listed(service.directory.list(tenant), {}, 'station');
    const [first = '', second = ''] = stations.map(({ station }) => station).filter((station) => station !== 'announced');
    await service.stations.put(ref(first, tenant), {});
    expect((await register('s7')).registration).toBe('accepted');
    expect((await register('s8')).registration).toBe('rejected');
    await service.stations.forget(ref(second, tenant));
    expect((await register('s8')).registration).toBe('accepted');
  });
});
