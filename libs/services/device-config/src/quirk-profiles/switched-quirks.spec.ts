import type { StationRef } from '@voltbus/contracts';
import type { QuirkProfile, SwitchedQuirk } from '../quirks';
import { HEARTBEAT_SECONDS, noUses, startService, type ServiceFixture } from '../testing/start-service';
import { TestGateway } from '../testing/test-gateway';
import { quirkProfiles } from './block';

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

const ref = (station: string): StationRef => ({ tenant: 'default', station });
const SELF = { chargePointVendor: 'Acme', chargePointModel: 'Wall 22', firmwareVersion: '1.4' };
const boot = (station: string, changes: object = {}, epoch = 1) =>
  service.send({ protocol: 'ocpp1.6', station, epoch }, 'BootNotification', { ...SELF, ...changes });

function switchFor(name: string, filter: Partial<QuirkProfile>, ...switched: Partial<SwitchedQuirk>[]): Promise<QuirkProfile> {
  const all = { description: null, vendors: [], models: [], firmwareVersions: [], groups: [], stations: [] };
  const quirks = switched.map((one) => ({ quirk: 'no-pings' as const, on: true, value: null, ...one }));
  const decide = () => ({ profile: name, ...all, ...filter, quirks });
  return service.service.use(quirkProfiles).profiles.change('default', name, decide, () => undefined);
}
const remove = (name: string) => service.service.use(quirkProfiles).profiles.remove('default', name, () => undefined);
const profileOf = async (station: string) => (await service.profilesOf([ref(station)]))[0]?.quirks;

describe('quirk heartbeat-at-most', () => {
  it('bounds the interval of the answer to a boot, as the station describes itself in it', async () => {
    await service.stations.put(ref('beats'), {});
    await switchFor('beats', { firmwareVersions: ['1.*'], stations: ['beats'] }, { quirk: 'heartbeat-at-most', value: '45' });
    expect(await boot('beats')).toMatchObject({ payload: { status: 'Accepted', interval: 45 }, quirks: { 'heartbeat-at-most': 45 } });
    expect(await boot('beats', { firmwareVersion: '2.0' })).toMatchObject({ payload: { interval: HEARTBEAT_SECONDS }, quirks: {} });
    await switchFor('beats', { stations: ['beats'] }, { quirk: 'heartbeat-at-most', value: `${HEARTBEAT_SECONDS * 2}` });
    expect(await boot('beats')).toMatchObject({ payload: { interval: HEARTBEAT_SECONDS } });
    const of2 = await service.send({ protocol: 'ocpp2.0.1', station: 'beats', epoch: 3 }, 'BootNotification', {
      ...{ reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } },
    });
    expect(of2).toMatchObject({ payload: { interval: HEARTBEAT_SECONDS }, quirks: { 'heartbeat-at-most': HEARTBEAT_SECONDS * 2 } });
  });
});

describe('quirk items-per-message', () => {
  it('bounds the items of a message, also where the station says that it takes more', async () => {
    await service.stations.put(ref('few'), {});
    const limits = () =>
      Promise.all(
        ['GetVariables', 'GetConfiguration', 'SendLocalList', 'Reset'].map((one) => service.deviceModel.limits.of(ref('few'), one)),
      );
    const items = async () => (await limits()).map((one) => one.items);
    expect(await items()).toEqual([null, null, null, null]);
    await switchFor('few', { stations: ['few'] }, { quirk: 'items-per-message', value: '3' });
    expect(await items()).toEqual([3, 3, null, null]);
    const name = { component: 'DeviceDataCtrlr', variable: 'ItemsPerMessage', variableInstance: 'GetVariables' };
    const nothing = { componentInstance: null, evse: null, connector: null, key: null };
    for (const [told, expected] of [
      ['9', 3],
      ['2', 2],
    ] as const) {
      const attributes = [{ type: 'Actual' as const, value: told, mutability: 'ReadOnly' as const }];
      await service.deviceModel.model.observe(ref('few'), [{ name: { ...nothing, ...name }, attributes }], {
        source: 'report',
        at: new Date(),
      });
      expect((await items())[0]).toBe(expected);
    }
    await switchFor('few', { stations: ['few'] }, { quirk: 'items-per-message', on: false });
    expect((await items())[0]).toBe(2);
  });
});

describe('what is switched', () => {
  it('is in the profile of a station for gateways, and in that of no other station or tenant', async () => {
    for (const name of ['of-acme', 'of-others']) await service.stations.put(ref(name), {});
    await boot('of-acme');
    await boot('of-others', { chargePointVendor: 'Others' });
    await switchFor('acme', { vendors: ['ACME'] }, { quirk: 'energy-in-kwh' });
    expect([await profileOf('of-acme'), await profileOf('of-others')]).toEqual([{ 'energy-in-kwh': true }, undefined]);
    expect((await service.profilesOf([{ tenant: 'other', station: 'of-acme' }, ref('nobody')])).map(({ quirks }) => quirks)).toEqual([
      undefined,
      undefined,
    ]);
    await remove('acme');
    expect(await profileOf('of-acme')).toBeUndefined();
  });

  it('is told to the gateway of each station that met the profile before or after, and to no other; nobody is disconnected', async () => {
    for (const name of ['was', 'is', 'never', 'away']) {
      await service.stations.put(ref(name), {});
      await boot(name, { chargePointModel: name });
    }
    await switchFor('moving', { models: ['was', 'away'] }, {});
    await service.evictions.sweep();
    const epochs = new Map<string, number>();
    for (const name of ['was', 'is', 'never']) epochs.set(name, await gateway.connect(ref(name), 'ocpp1.6'));
    await switchFor('moving', { models: ['is'] }, {});
    expect(gateway.quirksOf('is')).toEqual([]); // stored: the sweep tells it, also of a process that comes after this one
    await service.evictions.sweep();
    const told = (name: string, quirks: object) => [{ kind: 'quirks', inst: 'gw', epoch: epochs.get(name), quirks }];
    expect(gateway.quirksOf('was')).toEqual(told('was', {}));
    expect(gateway.quirksOf('is')).toEqual(told('is', { 'no-pings': true }));
    expect(gateway.quirksOf('never')).toEqual([]);
    expect(await service.connections.profile(ref('is'))).toBeNull();
    expect(['was', 'is', 'never'].flatMap((name) => gateway.evictionsOf(name))).toEqual([]);
    await remove('moving');
    await service.evictions.sweep();
    expect(gateway.quirksOf('is').at(-1)).toMatchObject({ kind: 'quirks', quirks: {} });
  });

  it('follows the station into another group', async () => {
    await service.stations.put(ref('moves'), {});
    await switchFor('group', { groups: ['depot'] }, { quirk: 'totals-are-wrong' });
    const epoch = await gateway.connect(ref('moves'), 'ocpp1.6');
    await service.stations.put(ref('moves'), { group: 'Depot' });
    expect(gateway.quirksOf('moves')).toEqual([{ kind: 'quirks', inst: 'gw', epoch, quirks: { 'totals-are-wrong': true } }]);
  });
});

describe('a station that is deleted', () => {
  const deleteStation = (station: string) => service.stations.remove(ref(station), () => undefined, noUses);

  it('is still used by a profile that names it, so that a later station of its name has nothing of it', async () => {
    await service.stations.put(ref('Named-1'), {});
    await switchFor('this', { stations: ['other', 'named-1'], vendors: ['Acme'] }, {});
    await switchFor('those', { stations: ['named-*'] }, { quirk: 'pause-between-calls', value: '500' });
    await expect(deleteStation('Named-1')).rejects.toMatchObject({ code: 'in-use', message: 'it is used by quirk profile this' });
    expect(await service.stations.find(ref('Named-1'))).not.toBeNull();
    await switchFor('this', { stations: ['other'] }, {});
    await deleteStation('Named-1');
    await service.stations.put(ref('Named-1'), {});
    await boot('Named-1', {}, 9);
    expect(await profileOf('Named-1')).toEqual({ 'pause-between-calls': 500 }); // it is one of those
    for (const name of ['this', 'those']) await remove(name);
  });

  it('is not used by a profile of another tenant', async () => {
    await service.stations.put(ref('free'), {});
    await service.database.query(
      `INSERT INTO device_config.quirk_profiles (tenant, profile, body) SELECT tenant, 'x', '{"vendors":[],"models":[],"firmwareVersions":[],"groups":[],"stations":["free"],"quirks":[]}'
       FROM device_config.tenants WHERE tenant <> 'default' LIMIT 1`,
    );
    await deleteStation('free');
    expect(await service.stations.find(ref('free'))).toBeNull();
  });
});
