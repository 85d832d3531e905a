import type { CommandRequest, Protocol, StationRef } from '@voltbus/contracts';
import { endedCommand } from '../testing/fake-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { configuration } from './block';
import { ConfigurationChecks } from './configuration-checks';
import { Configurations } from './configurations';
import type { Mode, Profile, ProfileValue } from './domain/profile';
import { CHECK_TIMEOUT_MS, DRIFT_MS, MAX_MESSAGES, MAX_TRIES, MAX_UNREAD, RETRY_MS, SETTLE_MS } from './limits';

const AT_ONCE = 3;
const HOUR_MS = 3_600_000;
const ref = (station: string): StationRef => ({ tenant: 'default', station });

let service: ServiceFixture;
let checks: ConfigurationChecks;
let configurations: Configurations;
let clock: number;
let sent: CommandRequest[];
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());
beforeEach(async () => {
  await service.database.query('DELETE FROM device_config.stations');
  await service.database.query('DELETE FROM device_config.configuration_profiles');
  await service.database.query('DELETE FROM device_config.configuration_revisions');
  clock = Date.now();
  sent = [];
  const { store } = service.service.use(configuration);
  const now = () => new Date(clock);
  checks = new ConfigurationChecks({
    ...{
      store: store.stations,
      profiles: store.profiles,
      model: service.deviceModel,
      now,
      random: () => 0.5,
      atOnce: AT_ONCE,
      everyHours: 24,
    },
    sendCommand: (request) => Promise.resolve(void sent.push(request)),
  });
  configurations = new Configurations({ store: store.stations, profiles: store.profiles, checks, now });
});

const INTERVAL = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', attribute: 'Actual' as const };
const PREAUTH = { component: 'AuthCtrlr', variable: 'LocalPreAuthorize', attribute: 'Actual' as const };
const NONE: Omit<Profile, 'profile' | 'values'> = {
  ...{ description: null, mode: 'apply', priority: 0, vendors: [], models: [], firmwareVersions: [], groups: [] },
};
const want = (profile: string, values: ProfileValue[], more: Partial<Profile> = {}) =>
  configurations.changeProfile(
    'default',
    profile,
    () => ({ ...NONE, ...more, profile, values }),
    () => undefined,
  );
const wantInterval = (value: string, mode: Mode = 'apply') => want('fleet', [{ ...INTERVAL, value }], { mode });

let epoch = 0;
async function boot(station: string, protocol: Protocol = 'ocpp2.0.1', firmwareVersion = '1.0'): Promise<void> {
  if ((await service.directory.find(ref(station))) === null) await service.stations.put(ref(station), {});
  const payload =
    protocol === 'ocpp1.6'
      ? { chargePointVendor: 'V', chargePointModel: 'M', firmwareVersion }
      : { chargingStation: { model: 'M', vendorName: 'V', firmwareVersion } };
  await service.send({ protocol, station, epoch: ++epoch, receivedAt: new Date(clock) }, 'BootNotification', payload);
  clock += SETTLE_MS + 1_000;
}

/** The next values that a set leads to: the status, or null where the station says nothing about them. */
type Habit = (name: string) => string | null;
const ACCEPTS: Habit = () => 'Accepted';

/** A station with a memory: it answers the commands that were sent to it. Returns the actions. */
async function answer(
  values: Map<string, string>,
  habit: Habit = ACCEPTS,
  status: 'answered' | 'offline' | 'unknown' = 'answered',
): Promise<string[]> {
  const actions: string[] = [];
  for (let request = sent.shift(); request !== undefined; request = sent.shift()) {
    actions.push(request.action);
    clock += 1_000;
    const { id, tenant, station, action, payload } = request;
    const response = status === 'answered' ? respond(action, payload, values, habit) : null;
    const at = new Date(clock).toISOString();
    await checks.onEnded(endedCommand({ id, tenant, station, action, payload, status, response, createdAt: at, endedAt: at }));
  }
  return actions;
}

interface Named {
  component: { name: string };
  variable: { name: string };
  attributeValue: string;
}
function respond(action: string, payload: Record<string, unknown>, values: Map<string, string>, habit: Habit): object {
  const take = (name: string, value: string): string | null => {
    const status = habit(name);
    if (status === 'Accepted') values.set(name, value);
    return status;
  };
  switch (action) {
    case 'GetConfiguration':
      return {
        configurationKey: (payload['key'] as string[])
          .filter((key) => values.has(key))
          .map((key) => ({ key, readonly: false, value: values.get(key) })),
        unknownKey: (payload['key'] as string[]).filter((key) => !values.has(key)),
      };
    case 'ChangeConfiguration':
      return { status: take(payload['key'] as string, payload['value'] as string) };
    case 'GetVariables':
      return {
        getVariableResult: (payload['getVariableData'] as Named[]).map(({ component, variable }) => {
          const value = values.get(variable.name);
          return { component, variable, attributeStatus: value === undefined ? 'UnknownVariable' : 'Accepted', attributeValue: value };
        }),
      };
    default:
      return {
        setVariableResult: (payload['setVariableData'] as Named[]).flatMap(({ component, variable, attributeValue }) => {
          const attributeStatus = take(variable.name, attributeValue);
          return attributeStatus === null ? [] : [{ component, variable, attributeStatus }];
        }),
      };
  }
}

/** Whether a check began, and what the station was sent. */
async function check(values: Map<string, string>, habit: Habit = ACCEPTS): Promise<string[]> {
  await checks.sweep();
  return answer(values, habit);
}
async function shown(station: string) {
  const { items } = await configurations.show(ref(station));
  return items.map(({ name, value, actual, state, profile }) => [name.key ?? name.variable, value, actual, state, profile]);
}
const summary = (station: string) => service.service.use(configuration).store.stations.find(ref(station));

describe('a station that a profile is for', () => {
  it.each<[Protocol, string[]]>([
    ['ocpp1.6', ['GetConfiguration', 'ChangeConfiguration', 'ChangeConfiguration']],
    ['ocpp2.0.1', ['GetVariables', 'GetVariables', 'SetVariables', 'SetVariables']],
    ['ocpp2.1', ['GetVariables', 'GetVariables', 'SetVariables', 'SetVariables']],
  ])('of %s is read after its boot, and set where it differs: %j', async (protocol, actions) => {
    await boot('applied', protocol);
    await want('fleet', [{ ...INTERVAL, value: '60' }, { ...PREAUTH, value: 'true' }]); // prettier-ignore
    const values = new Map([['HeartbeatInterval', '300'], ['LocalPreAuthorize', 'false']]); // prettier-ignore
    expect(await check(values)).toEqual(actions);
    expect([...values.values()]).toEqual(['60', 'true']);
    expect(await shown('applied')).toEqual([
      ['HeartbeatInterval', '60', '60', 'in-sync', 'fleet'],
      ['LocalPreAuthorize', 'true', 'true', 'in-sync', 'fleet'],
    ]);
    expect(await summary('applied')).toMatchObject({ state: 'in-sync', differences: 0, phase: null });
    expect(await check(values)).toEqual([]);
  });

  it('has each profile that set a value in the history, and none for its own', async () => {
    await boot('history');
    await want('a', [{ ...INTERVAL, value: '60' }]);
    await want('b', [{ ...PREAUTH, value: 'true' }]);
    const own = { component: 'TxCtrlr', variable: 'EVConnectionTimeOut', attribute: 'Actual' as const, value: '90' };
    await configurations.changeStation(ref('history'), () => ({ values: [own], paused: false }));
    await check(new Map([['HeartbeatInterval', '300'], ['LocalPreAuthorize', 'false'], ['EVConnectionTimeOut', '30']])); // prettier-ignore
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
    await boot('same');
    await want('fleet', [{ ...PREAUTH, value: 'true' }]);
    expect(await check(new Map([['LocalPreAuthorize', ' TRUE ']]))).toEqual(['GetVariables']);
    expect(await shown('same')).toMatchObject([['LocalPreAuthorize', 'true', ' TRUE ', 'in-sync', 'fleet']]);
  });

  it('is not set again and again where it takes a value and writes it otherwise', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await boot('rewrites');
    await wantInterval('60');
    await check(values);
    values.set('HeartbeatInterval', '60.0');
    clock += 2 * 24 * HOUR_MS;
    expect(await check(values)).toEqual(['GetVariables']);
    expect(await shown('rewrites')).toEqual([['HeartbeatInterval', '60', '60.0', 'in-sync', 'fleet']]);
  });

  it('has its own value before those of profiles, and that of the highest priority before others', async () => {
    await boot('order');
    await want('a', [{ ...INTERVAL, value: '1' }, { ...PREAUTH, value: 'true' }]); // prettier-ignore
    await want('b', [{ ...INTERVAL, value: '2' }, { ...PREAUTH, value: 'false' }], { priority: 5 }); // prettier-ignore
    await configurations.changeStation(ref('order'), () => ({
      values: [{ key: 'HeartbeatInterval', attribute: 'Actual', value: '3' }],
      paused: false,
    }));
    expect(await shown('order')).toEqual([
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
    await boot('matched');
    await want('kind', [{ ...INTERVAL, value: '60' }], conditions);
    expect((await shown('matched')).length === 1).toBe(isMet);
  });

  it('dry run: is read, its difference is shown, and nothing is set', async () => {
    await boot('dry');
    await wantInterval('60', 'dry-run');
    expect(await check(new Map([['HeartbeatInterval', '300']]))).toEqual(['GetVariables']);
    expect(await shown('dry')).toEqual([['HeartbeatInterval', '60', '300', 'pending', 'fleet']]);
    expect(await summary('dry')).toMatchObject({ state: 'pending', differences: 1, nextAt: new Date(clock + 24 * HOUR_MS) });
  });

  it('is not touched while it is paused, nor while it is offline, and is checked when that is over', async () => {
    await boot('paused');
    await wantInterval('60');
    await configurations.changeStation(ref('paused'), () => ({ values: [], paused: true }));
    expect(await check(new Map())).toEqual([]);
    await service.database.query('UPDATE device_config.stations SET online = false');
    await configurations.changeStation(ref('paused'), () => ({ values: [], paused: false }));
    expect(await check(new Map())).toEqual([]);
    await service.database.query('UPDATE device_config.stations SET online = true');
    expect(await check(new Map([['HeartbeatInterval', '60']]))).toEqual(['GetVariables']);
  });

  it('is checked again after a boot, a change of a profile, and a day', async () => {
    const values = new Map([['HeartbeatInterval', '60']]);
    await boot('again');
    await wantInterval('60');
    expect(await check(values)).toEqual(['GetVariables']);
    await boot('again');
    expect(await check(values)).toEqual(['GetVariables']);
    await wantInterval('61');
    expect(await check(values)).toEqual(['GetVariables', 'SetVariables']);
    clock += 23 * HOUR_MS;
    expect(await check(values)).toEqual([]);
    clock += 2 * HOUR_MS;
    expect(await check(values)).toEqual(['GetVariables']);
  });
});

describe('a value', () => {
  it.each(['Rejected', 'UnknownVariable', 'NotSupportedAttributeType'])(
    'that the station does not take (%s) is not set again before its firmware changes',
    async (status) => {
      const values = new Map([['HeartbeatInterval', '300']]);
      await boot('rejects');
      await wantInterval('60');
      expect(await check(values, () => status)).toEqual(['GetVariables', 'SetVariables']);
      expect(await shown('rejects')).toEqual([['HeartbeatInterval', '60', '300', 'rejected', 'fleet']]);
      await boot('rejects');
      expect(await check(values)).toEqual(['GetVariables']);
      await boot('rejects', 'ocpp2.0.1', '1.1');
      expect(await check(values)).toEqual(['GetVariables', 'SetVariables']);
      expect(await shown('rejects')).toMatchObject([['HeartbeatInterval', '60', '60', 'in-sync', 'fleet']]);
    },
  );

  it('that needs a reboot waits for it, and is not set again', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await boot('reboots');
    await wantInterval('60');
    await check(values, () => 'RebootRequired');
    expect(await shown('reboots')).toEqual([['HeartbeatInterval', '60', '300', 'reboot-required', 'fleet']]);
    clock += 25 * HOUR_MS;
    expect(await check(values)).toEqual(['GetVariables']);
    values.set('HeartbeatInterval', '60');
    await boot('reboots');
    await check(values);
    expect(await shown('reboots')).toEqual([['HeartbeatInterval', '60', '60', 'in-sync', 'fleet']]);
  });

  it('that the station changes back has drifted, and is set again once an hour at most', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await boot('drifts');
    await wantInterval('60');
    await check(values);
    for (const again of [false, true]) {
      values.set('HeartbeatInterval', '300');
      if (again) clock += DRIFT_MS;
      await boot('drifts');
      const actions = await check(values);
      expect(actions).toEqual(again ? ['GetVariables', 'SetVariables'] : ['GetVariables']);
      if (!again) expect(await shown('drifts')).toEqual([['HeartbeatInterval', '60', '300', 'drifted', 'fleet']]);
    }
    expect(values.get('HeartbeatInterval')).toBe('60');
  });

  it(`of which the station says nothing, though it answers, has failed after ${MAX_TRIES} times`, async () => {
    await boot('mute');
    await wantInterval('60');
    for (let nth = 0; nth < MAX_TRIES; nth++) {
      expect(await check(new Map([['HeartbeatInterval', '300']]), () => null)).toEqual(['GetVariables', 'SetVariables']);
      clock += RETRY_MS + 1;
    }
    expect(await shown('mute')).toEqual([['HeartbeatInterval', '60', '300', 'failed', 'fleet']]);
    expect(await check(new Map(), () => null)).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an operator asks for a check', () => configurations.check(ref('failed'))],
    ['the station has another firmware', () => boot('failed', 'ocpp2.0.1', '1.1')],
  ])('that has failed is set again when %s', async (_, again) => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await boot('failed');
    await wantInterval('60');
    const fail = async () => {
      for (let nth = 0; nth < MAX_TRIES; nth++) {
        expect(await check(values, () => null)).toEqual(['GetVariables', 'SetVariables']);
        clock += RETRY_MS + 1;
      }
      expect(await shown('failed')).toMatchObject([['HeartbeatInterval', '60', '300', 'failed', 'fleet']]);
    };
    await fail();
    await again();
    await fail();
  });

  it('that is write-only is set once, because nothing shows whether the station still has it', async () => {
    const values = new Map<string, string>();
    await boot('write-only');
    const name = { ...INTERVAL, componentInstance: null, evse: null, connector: null, variableInstance: null, key: null };
    const attributes = [{ type: 'Actual' as const, value: null, mutability: 'WriteOnly' as const }];
    await service.deviceModel.model.observe(ref('write-only'), [{ name, attributes }], { source: 'report', at: new Date(clock) });
    await wantInterval('60');
    expect(await check(values)).toEqual(['GetVariables', 'SetVariables']);
    expect(await shown('write-only')).toEqual([['HeartbeatInterval', '60', null, 'in-sync', 'fleet']]);
    clock += 2 * 24 * HOUR_MS;
    expect(await check(new Map())).toEqual(['GetVariables']);
  });

  it('is forgotten with the profile that wanted it; the station keeps it', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await boot('freed');
    await wantInterval('60');
    await check(values);
    await configurations.removeProfile('default', 'fleet', () => undefined);
    expect(await check(values)).toEqual([]);
    expect(await shown('freed')).toEqual([]);
    expect(await summary('freed')).toMatchObject({ state: null, differences: 0 });
    expect(await service.database.query('SELECT FROM device_config.configuration_attempts')).toEqual([]);
  });

  it('is wanted of no tenant that was deleted meanwhile', async () => {
    const change = configurations.changeProfile(
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
    await expect(want('secret', [value])).rejects.toMatchObject({ code: 'invalid' });
    expect(await service.database.query('SELECT FROM device_config.configuration_profiles')).toEqual([]);
  });
});

describe('a check', () => {
  it(`is made of ${AT_ONCE} stations at once`, async () => {
    for (let nth = 0; nth < AT_ONCE + 2; nth++) await boot(`many-${nth}`);
    await wantInterval('60');
    expect(await checks.sweep()).toBe(AT_ONCE);
    expect(await checks.sweep()).toBe(0);
    await answer(new Map([['HeartbeatInterval', '60']]));
    expect(await checks.sweep()).toBe(2);
  });

  it('that does not reach the station is made again later', async () => {
    await boot('away');
    await wantInterval('60');
    await checks.sweep();
    expect(await answer(new Map(), ACCEPTS, 'offline')).toEqual(['GetVariables']);
    expect(await check(new Map())).toEqual([]);
    clock += RETRY_MS + 1;
    expect(await check(new Map([['HeartbeatInterval', '300']]))).toEqual(['GetVariables', 'SetVariables']);
  });

  it('that does not reach a station which was as it shall be is made again later too', async () => {
    const values = new Map([['HeartbeatInterval', '60']]);
    await boot('reset');
    await wantInterval('60');
    expect(await check(values)).toEqual(['GetVariables']);
    values.set('HeartbeatInterval', '300');
    await boot('reset');
    await checks.sweep();
    expect(await answer(values, ACCEPTS, 'offline')).toEqual(['GetVariables']);
    clock += RETRY_MS + 1;
    expect(await check(values)).toEqual(['GetVariables', 'SetVariables']);
    expect(values.get('HeartbeatInterval')).toBe('60');
  });

  it('whose commands the router refuses, because too many wait for the station, is made again later', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await boot('crowded');
    await wantInterval('60');
    const end = async (isCrowdedOut: boolean) => {
      const [request] = sent.splice(0);
      if (request === undefined) throw new Error('nothing was sent');
      const { id, action, payload } = request;
      const refused = { status: 'error' as const, error: { code: 'too-many-commands', description: 'x' } };
      const outcome = isCrowdedOut ? refused : { response: respond(action, payload, values, ACCEPTS) };
      await checks.onEnded(endedCommand({ ...ref('crowded'), id, action, payload, ...outcome }));
      return action;
    };
    await checks.sweep();
    expect(await end(true)).toBe('GetVariables');
    clock += RETRY_MS + 1;
    await checks.sweep();
    expect(await end(false)).toBe('GetVariables');
    expect(await end(true)).toBe('SetVariables');
    expect(await shown('crowded')).toEqual([['HeartbeatInterval', '60', '300', 'pending', 'fleet']]);
    clock += RETRY_MS + 1;
    expect(await check(values)).toEqual(['GetVariables', 'SetVariables']);
  });

  it('reads first what it has not read for longest, where a station takes one value at a time and it has no room for all', async () => {
    const names = Array.from({ length: MAX_MESSAGES + 10 }, (_, nth) => `V${nth}`);
    const values = new Map(names.map((name) => [name, '1']));
    await boot('wide');
    await want('wide', names.map((variable) => ({ component: 'A', variable, attribute: 'Actual' as const, value: '1' }))); // prettier-ignore
    const read = new Set<string>();
    for (let nth = 0; nth < 3; nth++) {
      await configurations.check(ref('wide'));
      await checks.sweep();
      for (const { payload } of sent)
        for (const { variable } of (payload['getVariableData'] as Named[] | undefined) ?? []) read.add(variable.name);
      await answer(values);
    }
    expect(read).toEqual(new Set(names));
  });

  it('that an operator asks for while one is under way is made after it', async () => {
    const values = new Map([['HeartbeatInterval', '60']]);
    await boot('asked');
    await wantInterval('60');
    await checks.sweep();
    clock += 1_000;
    await configurations.check(ref('asked'));
    expect(await answer(values)).toEqual(['GetVariables']);
    expect(await check(values)).toEqual(['GetVariables']);
    expect(await check(values)).toEqual([]);
  });

  it(`is not made at every boot of a station that boots when it is read: ${MAX_UNREAD} times, and then once a day`, async () => {
    await boot('reboots-at-once');
    await wantInterval('60');
    let read = 0;
    for (let nth = 0; nth < MAX_UNREAD + 3; nth++) {
      await checks.sweep();
      read += (await answer(new Map(), ACCEPTS, 'unknown')).length;
      await boot('reboots-at-once');
    }
    expect(read).toBe(MAX_UNREAD);
    clock += 25 * HOUR_MS;
    const values = new Map([['HeartbeatInterval', '300']]);
    expect(await check(values)).toEqual(['GetVariables', 'SetVariables']);
    await boot('reboots-at-once');
    expect(await check(values)).toEqual(['GetVariables']);
  });

  it('whose answer is lost ends, and is made again', async () => {
    await boot('lost');
    await wantInterval('60');
    await checks.sweep();
    sent = [];
    clock += CHECK_TIMEOUT_MS - 1_000;
    expect(await checks.sweep()).toBe(0);
    clock += 2_000;
    expect(await check(new Map([['HeartbeatInterval', '60']]))).toEqual(['GetVariables']);
  });

  it('is not disturbed by a result that comes twice, nor by the commands of others', async () => {
    await boot('twice');
    await wantInterval('60');
    await checks.sweep();
    const [request] = sent;
    if (request === undefined) throw new Error('nothing was sent');
    const { id, action, payload } = request;
    const response = respond(action, payload, new Map([['HeartbeatInterval', '300']]), ACCEPTS);
    const command = endedCommand({ ...ref('twice'), id, action, payload, response });
    await checks.onEnded(endedCommand({ ...ref('twice'), action, payload, response }));
    expect(sent).toHaveLength(1);
    await Promise.all([checks.onEnded(command), checks.onEnded(command)]);
    expect(sent.map((one) => one.action)).toEqual(['GetVariables', 'SetVariables']);
  });

  it('ends with its station', async () => {
    await boot('deleted');
    await wantInterval('60');
    await checks.sweep();
    await service.stations.forget(ref('deleted'));
    expect(await answer(new Map([['HeartbeatInterval', '300']]))).toEqual(['GetVariables']);
    expect(await service.database.query('SELECT FROM device_config.station_configurations')).toEqual([]);
  });
});
