import type { Protocol } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';
import type { Profile } from './domain/profile';
import { DRIFT_MS, MAX_TRIES, RETRY_MS } from './limits';
import { ConfiguredStations, HOUR_MS, INTERVAL, NONE, PREAUTH, ref } from './testing/configured-stations';

let service: ServiceFixture;
let stations: ConfiguredStations;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());
beforeEach(async () => {
  stations = await ConfiguredStations.of(service);
});

describe('a station that a profile is for', () => {
  it.each<[Protocol, string[]]>([
    ['ocpp1.6', ['GetConfiguration', 'ChangeConfiguration', 'ChangeConfiguration']],
    ['ocpp2.0.1', ['GetVariables', 'GetVariables', 'SetVariables', 'SetVariables']],
    ['ocpp2.1', ['GetVariables', 'GetVariables', 'SetVariables', 'SetVariables']],
  ])('of %s is read after its boot, and set where it differs: %j', async (protocol, actions) => {
    await stations.boot('applied', protocol);
    await stations.want('fleet', [{ ...INTERVAL, value: '60' }, { ...PREAUTH, value: 'true' }]); // prettier-ignore
    const values = new Map([['HeartbeatInterval', '300'], ['LocalPreAuthorize', 'false']]); // prettier-ignore
    expect(await stations.check(values)).toEqual(actions);
    expect([...values.values()]).toEqual(['60', 'true']);
    expect(await stations.shown('applied')).toEqual([
      ['HeartbeatInterval', '60', '60', 'in-sync', 'fleet'],
      ['LocalPreAuthorize', 'true', 'true', 'in-sync', 'fleet'],
    ]);
    expect(await stations.summary('applied')).toMatchObject({ state: 'in-sync', differences: 0, phase: null });
    expect(await stations.check(values)).toEqual([]);
  });

  it('has each profile that set a value in the history, and none for its own', async () => {
    await stations.boot('history');
    await stations.want('a', [{ ...INTERVAL, value: '60' }]);
    await stations.want('b', [{ ...PREAUTH, value: 'true' }]);
    const own = { component: 'TxCtrlr', variable: 'EVConnectionTimeOut', attribute: 'Actual' as const, value: '90' };
    await stations.configurations.changeStation(ref('history'), () => ({ values: [own], paused: false }));
    await stations.check(new Map([['HeartbeatInterval', '300'], ['LocalPreAuthorize', 'false'], ['EVConnectionTimeOut', '30']])); // prettier-ignore
    const changes = await service.database.query(
      'SELECT variable, after, actor, source FROM device_config.variable_changes ORDER BY after',
    );
    expect(changes).toEqual([
      { variable: 'HeartbeatInterval', after: '60', actor: 'profile:a', source: 'set' },
      { variable: 'EVConnectionTimeOut', after: '90', actor: null, source: 'set' },
      { variable: 'LocalPreAuthorize', after: 'true', actor: 'profile:b', source: 'set' },
    ]);
  });

  it('is read and not set where it is as it shall be, however it writes its values', async () => {
    await stations.boot('same');
    await stations.want('fleet', [{ ...PREAUTH, value: 'true' }]);
    expect(await stations.check(new Map([['LocalPreAuthorize', ' TRUE ']]))).toEqual(['GetVariables']);
    expect(await stations.shown('same')).toMatchObject([['LocalPreAuthorize', 'true', ' TRUE ', 'in-sync', 'fleet']]);
  });

  it('is not set again and again where it takes a value and writes it otherwise', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await stations.boot('rewrites');
    await stations.wantInterval('60');
    await stations.check(values);
    values.set('HeartbeatInterval', '60.0');
    stations.clock += 2 * 24 * HOUR_MS;
    expect(await stations.check(values)).toEqual(['GetVariables']);
    expect(await stations.shown('rewrites')).toEqual([['HeartbeatInterval', '60', '60.0', 'in-sync', 'fleet']]);
  });

  it('has its own value before those of profiles, and that of the highest priority before others', async () => {
    await stations.boot('order');
    await stations.want('a', [{ ...INTERVAL, value: '1' }, { ...PREAUTH, value: 'true' }]); // prettier-ignore
    await stations.want('b', [{ ...INTERVAL, value: '2' }, { ...PREAUTH, value: 'false' }], { priority: 5 }); // prettier-ignore
    await stations.configurations.changeStation(ref('order'), () => ({
      values: [{ key: 'HeartbeatInterval', attribute: 'Actual', value: '3' }],
      paused: false,
    }));
    expect(await stations.shown('order')).toEqual([
      ['HeartbeatInterval', '3', null, 'pending', null],
      ['LocalPreAuthorize', 'false', null, 'pending', 'b'],
    ]);
  });

  it.each<[Partial<Profile>, boolean]>([
    [{ vendors: ['v'], models: ['X', 'm'] }, true],
    [{ vendors: ['v'], models: ['X'] }, false],
    [{ firmwareVersions: ['2.*', '1.*'] }, true],
    [{ firmwareVersions: ['1.1*'] }, false],
    [{ groups: ['depot'] }, true],
    [{ groups: ['street'] }, false],
    [{ mode: 'off' }, false],
  ])('with %j is this one: %s', async (conditions, isMet) => {
    await service.stations.put(ref('matched'), { group: 'Depot' });
    await stations.boot('matched');
    await stations.want('kind', [{ ...INTERVAL, value: '60' }], conditions);
    expect((await stations.shown('matched')).length === 1).toBe(isMet);
  });

  it('dry run: is read, its difference is shown, and nothing is set', async () => {
    await stations.boot('dry');
    await stations.wantInterval('60', 'dry-run');
    expect(await stations.check(new Map([['HeartbeatInterval', '300']]))).toEqual(['GetVariables']);
    expect(await stations.shown('dry')).toEqual([['HeartbeatInterval', '60', '300', 'pending', 'fleet']]);
    expect(await stations.summary('dry')).toMatchObject({
      state: 'pending',
      differences: 1,
      nextAt: new Date(stations.clock + 24 * HOUR_MS),
    });
  });

  it('is not touched while it is paused, nor while it is offline, and is checked when that is over', async () => {
    await stations.boot('paused');
    await stations.wantInterval('60');
    await stations.configurations.changeStation(ref('paused'), () => ({ values: [], paused: true }));
    expect(await stations.check(new Map())).toEqual([]);
    await service.database.query('UPDATE device_config.stations SET online = false');
    await stations.configurations.changeStation(ref('paused'), () => ({ values: [], paused: false }));
    expect(await stations.check(new Map())).toEqual([]);
    await service.database.query('UPDATE device_config.stations SET online = true');
    expect(await stations.check(new Map([['HeartbeatInterval', '60']]))).toEqual(['GetVariables']);
  });

  it('is checked again after a boot, a change of a profile, and a day', async () => {
    const values = new Map([['HeartbeatInterval', '60']]);
    await stations.boot('again');
    await stations.wantInterval('60');
    expect(await stations.check(values)).toEqual(['GetVariables']);
    await stations.boot('again');
    expect(await stations.check(values)).toEqual(['GetVariables']);
    await stations.wantInterval('61');
    expect(await stations.check(values)).toEqual(['GetVariables', 'SetVariables']);
    stations.clock += 23 * HOUR_MS;
    expect(await stations.check(values)).toEqual([]);
    stations.clock += 2 * HOUR_MS;
    expect(await stations.check(values)).toEqual(['GetVariables']);
  });
});

describe('a value', () => {
  it.each(['Rejected', 'UnknownVariable', 'NotSupportedAttributeType'])(
    'that the station does not take (%s) is not set again before its firmware changes',
    async (status) => {
      const values = new Map([['HeartbeatInterval', '300']]);
      await stations.boot('rejects');
      await stations.wantInterval('60');
      expect(await stations.check(values, () => status)).toEqual(['GetVariables', 'SetVariables']);
      expect(await stations.shown('rejects')).toEqual([['HeartbeatInterval', '60', '300', 'rejected', 'fleet']]);
      await stations.boot('rejects');
      expect(await stations.check(values)).toEqual(['GetVariables']);
      await stations.boot('rejects', 'ocpp2.0.1', '1.1');
      expect(await stations.check(values)).toEqual(['GetVariables', 'SetVariables']);
      expect(await stations.shown('rejects')).toMatchObject([['HeartbeatInterval', '60', '60', 'in-sync', 'fleet']]);
    },
  );

  it('that needs a reboot waits for it, and is not set again', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await stations.boot('reboots');
    await stations.wantInterval('60');
    await stations.check(values, () => 'RebootRequired');
    expect(await stations.shown('reboots')).toEqual([['HeartbeatInterval', '60', '300', 'reboot-required', 'fleet']]);
    stations.clock += 25 * HOUR_MS;
    expect(await stations.check(values)).toEqual(['GetVariables']);
    values.set('HeartbeatInterval', '60');
    await stations.boot('reboots');
    await stations.check(values);
    expect(await stations.shown('reboots')).toEqual([['HeartbeatInterval', '60', '60', 'in-sync', 'fleet']]);
  });

  it('that the station changes back has drifted, and is set again once an hour at most', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await stations.boot('drifts');
    await stations.wantInterval('60');
    await stations.check(values);
    for (const again of [false, true]) {
      values.set('HeartbeatInterval', '300');
      if (again) stations.clock += DRIFT_MS;
      await stations.boot('drifts');
      const actions = await stations.check(values);
      expect(actions).toEqual(again ? ['GetVariables', 'SetVariables'] : ['GetVariables']);
      if (!again) expect(await stations.shown('drifts')).toEqual([['HeartbeatInterval', '60', '300', 'drifted', 'fleet']]);
    }
    expect(values.get('HeartbeatInterval')).toBe('60');
  });

  it(`of which the station says nothing, though it answers, has failed after ${MAX_TRIES} times`, async () => {
    await stations.boot('mute');
    await stations.wantInterval('60');
    for (let nth = 0; nth < MAX_TRIES; nth++) {
      expect(await stations.check(new Map([['HeartbeatInterval', '300']]), () => null)).toEqual(['GetVariables', 'SetVariables']);
      stations.clock += RETRY_MS + 1;
    }
    expect(await stations.shown('mute')).toEqual([['HeartbeatInterval', '60', '300', 'failed', 'fleet']]);
    expect(await stations.check(new Map(), () => null)).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an operator asks for a check', () => stations.configurations.check(ref('failed'))],
    ['the station has another firmware', () => stations.boot('failed', 'ocpp2.0.1', '1.1')],
  ])('that has failed is set again when %s', async (_, again) => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await stations.boot('failed');
    await stations.wantInterval('60');
    const fail = async () => {
      for (let nth = 0; nth < MAX_TRIES; nth++) {
        expect(await stations.check(values, () => null)).toEqual(['GetVariables', 'SetVariables']);
        stations.clock += RETRY_MS + 1;
      }
      expect(await stations.shown('failed')).toMatchObject([['HeartbeatInterval', '60', '300', 'failed', 'fleet']]);
    };
    await fail();
    await again();
    await fail();
  });

  it('that is write-only is set once, because nothing shows whether the station still has it', async () => {
    const values = new Map<string, string>();
    await stations.boot('write-only');
    const name = { ...INTERVAL, componentInstance: null, evse: null, connector: null, variableInstance: null, key: null };
    const attributes = [{ type: 'Actual' as const, value: null, mutability: 'WriteOnly' as const }];
    await service.deviceModel.model.observe(ref('write-only'), [{ name, attributes }], { source: 'report', at: new Date(stations.clock) });
    await stations.wantInterval('60');
    expect(await stations.check(values)).toEqual(['GetVariables', 'SetVariables']);
    expect(await stations.shown('write-only')).toEqual([['HeartbeatInterval', '60', null, 'in-sync', 'fleet']]);
    stations.clock += 2 * 24 * HOUR_MS;
    expect(await stations.check(new Map())).toEqual(['GetVariables']);
  });

  it('is forgotten with the profile that wanted it; the station keeps it', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await stations.boot('freed');
    await stations.wantInterval('60');
    await stations.check(values);
    await stations.configurations.removeProfile('default', 'fleet', () => undefined);
    expect(await stations.check(values)).toEqual([]);
    expect(await stations.shown('freed')).toEqual([]);
    expect(await stations.summary('freed')).toMatchObject({ state: null, differences: 0 });
    expect(await service.database.query('SELECT FROM device_config.configuration_attempts')).toEqual([]);
  });

  it('is wanted of no tenant that was deleted meanwhile', async () => {
    const change = stations.configurations.changeProfile(
      'nobody',
      'fleet',
      () => ({ ...NONE, profile: 'fleet', values: [] }),
      () => undefined,
    );
    await expect(change).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    [{ key: 'AuthorizationKey', attribute: 'Actual' as const, value: '0123456789abcdef' }],
    [{ component: 'Vendor', variable: 'UploadUrl', attribute: 'Actual' as const, value: 'ftp://user:S3cret@files.example/' }],
  ])('that is a secret is refused: %j', async (value) => {
    await expect(stations.want('secret', [value])).rejects.toMatchObject({ code: 'invalid' });
    expect(await service.database.query('SELECT FROM device_config.configuration_profiles')).toEqual([]);
  });
});
