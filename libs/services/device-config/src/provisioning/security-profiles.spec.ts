import { CONNECTIONS, type StationRef } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';

const PASSWORD = 'correct horse battery';
let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const ref = (station: string): StationRef => ({ tenant: 'default', station });
const connected = (station: string, epoch: number, securityProfile: number) =>
  service.deliver(CONNECTIONS.events.connected, [
    {
      ...{ ...ref(station), protocol: 'ocpp2.0.1', gateway: 'gw', epoch, reason: 'connected', securityProfile },
      at: new Date(Date.UTC(2026, 0, 1, 0, epoch)).toISOString(),
    },
  ]);
const stored = async (station: string) => {
  const { securityProfile, reachedSecurityProfile } = (await service.stations.find(ref(station))) ?? {};
  const { usedSecurityProfile, demandedProfile } = (await service.directory.find(ref(station))) ?? {};
  return { own: securityProfile, reached: reachedSecurityProfile, used: usedSecurityProfile, demanded: demandedProfile };
};
const profile = async (station: string) => (await service.profilesOf([ref(station)]))[0]?.securityProfile;

describe('A05.FR.07: the security profile of a station', () => {
  it('is shown as it is used, and never falls below 2 or 3 once the station has used that', async () => {
    await service.stations.put(ref('up'), { password: PASSWORD });
    await connected('up', 1, 1);
    expect(await stored('up')).toEqual({ own: null, reached: null, used: 1, demanded: 1 });
    await connected('up', 2, 2);
    expect(await stored('up')).toEqual({ own: null, reached: 2, used: 2, demanded: 2 });
    await connected('up', 3, 3);
    await connected('up', 4, 2); // let in by a gateway that had an older profile
    expect(await stored('up')).toEqual({ own: null, reached: 3, used: 2, demanded: 3 });
    expect(await profile('up')).toBe(3);
  });

  it('is known of a station whose boot was handled before the event of its connection, which does not bring it back', async () => {
    const boot = { chargingStation: { model: 'M', vendorName: 'V' }, reason: 'PowerUp' };
    for (const [station, epoch] of [
      ['early', 5],
      ['gone', 6],
    ] as const) {
      await service.stations.put(ref(station), { password: PASSWORD });
      await service.send({ station, protocol: 'ocpp2.0.1', epoch }, 'BootNotification', boot);
    }
    const ended = { ...ref('gone'), protocol: 'ocpp2.0.1', gateway: 'gw', epoch: 6, reason: 'closed', at: new Date().toISOString() };
    await service.deliver(CONNECTIONS.events.disconnected, [ended]);
    await connected('early', 5, 1);
    await connected('gone', 6, 1);
    expect([(await stored('early')).used, (await stored('gone')).used]).toEqual([1, 1]);
    const rows = await service.database.query(
      `SELECT online FROM device_config.stations WHERE station IN ('early', 'gone') ORDER BY station`,
    );
    expect(rows).toEqual([{ online: true }, { online: false }]);
  });

  it('drops the cached profile, and disconnects nobody: the station uses what it has to', async () => {
    await service.stations.put(ref('cached'), { password: PASSWORD });
    const [before] = await service.profilesOf([ref('cached')]);
    if (before === undefined) throw new Error('no profile');
    await service.connections.putProfile(before);
    await connected('cached', 1, 3);
    expect(await service.connections.profile(ref('cached'))).toBeNull();
    expect(await service.database.query(`SELECT reason FROM device_config.evictions WHERE station = 'cached'`)).toEqual([]);
  });

  it('is taken back by an operator only, and not raised again by the event of before', async () => {
    await service.stations.put(ref('reset'), { password: PASSWORD });
    await connected('reset', 1, 3);
    await service.stations.put(ref('reset'), { group: 'depot' });
    expect(await profile('reset')).toBe(3);
    await service.stations.put(ref('reset'), { reachedSecurityProfile: null });
    await connected('reset', 1, 3);
    expect(await profile('reset')).toBe(1);
    await connected('reset', 2, 2);
    expect(await profile('reset')).toBe(2);
  });

  it('comes to gateways with the organization of the certificates that prove the station', async () => {
    const tenant = await service.tenants.find('default');
    if (tenant === null) throw new Error('no tenant');
    await service.tenants.put({ ...tenant, certificateOrganization: 'ACME' }, new Date());
    expect((await service.profilesOf([ref('reset'), ref('nobody')])).map((one) => one.certificateOrganization)).toEqual(['ACME', 'ACME']);
  });
});
