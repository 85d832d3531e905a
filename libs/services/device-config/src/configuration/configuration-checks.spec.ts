import { endedCommand } from '../testing/fake-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { CHECK_TIMEOUT_MS, MAX_MESSAGES, MAX_UNREAD, RETRY_MS } from './limits';
import { ACCEPTS, AT_ONCE, ConfiguredStations, HOUR_MS, ref, respond, type Named } from './testing/configured-stations';

let service: ServiceFixture;
let stations: ConfiguredStations;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());
beforeEach(async () => {
  stations = await ConfiguredStations.of(service);
});

describe('a check', () => {
  it(`is made of ${AT_ONCE} stations at once`, async () => {
    for (let nth = 0; nth < AT_ONCE + 2; nth++) await stations.boot(`many-${nth}`);
    await stations.wantInterval('60');
    expect(await stations.checks.sweep()).toBe(AT_ONCE);
    expect(await stations.checks.sweep()).toBe(0);
    await stations.answer(new Map([['HeartbeatInterval', '60']]));
    expect(await stations.checks.sweep()).toBe(2);
  });

  it('that does not reach the station is made again later', async () => {
    await stations.boot('away');
    await stations.wantInterval('60');
    await stations.checks.sweep();
    expect(await stations.answer(new Map(), ACCEPTS, 'offline')).toEqual(['GetVariables']);
    expect(await stations.check(new Map())).toEqual([]);
    stations.clock += RETRY_MS + 1;
    expect(await stations.check(new Map([['HeartbeatInterval', '300']]))).toEqual(['GetVariables', 'SetVariables']);
  });

  it('that does not reach a station which was as it shall be is made again later too', async () => {
    const values = new Map([['HeartbeatInterval', '60']]);
    await stations.boot('reset');
    await stations.wantInterval('60');
    expect(await stations.check(values)).toEqual(['GetVariables']);
    values.set('HeartbeatInterval', '300');
    await stations.boot('reset');
    await stations.checks.sweep();
    expect(await stations.answer(values, ACCEPTS, 'offline')).toEqual(['GetVariables']);
    stations.clock += RETRY_MS + 1;
    expect(await stations.check(values)).toEqual(['GetVariables', 'SetVariables']);
    expect(values.get('HeartbeatInterval')).toBe('60');
  });

  it('whose commands the router refuses, because too many wait for the station, is made again later', async () => {
    const values = new Map([['HeartbeatInterval', '300']]);
    await stations.boot('crowded');
    await stations.wantInterval('60');
    const end = async (isCrowdedOut: boolean) => {
      const [request] = stations.sent.splice(0);
      if (request === undefined) throw new Error('nothing was sent');
      const { id, action, payload } = request;
      const refused = { status: 'error' as const, error: { code: 'too-many-commands', description: 'x' } };
      const outcome = isCrowdedOut ? refused : { response: respond(action, payload, values, ACCEPTS) };
      await stations.checks.onEnded(endedCommand({ ...ref('crowded'), id, action, payload, ...outcome }));
      return action;
    };
    await stations.checks.sweep();
    expect(await end(true)).toBe('GetVariables');
    stations.clock += RETRY_MS + 1;
    await stations.checks.sweep();
    expect(await end(false)).toBe('GetVariables');
    expect(await end(true)).toBe('SetVariables');
    expect(await stations.shown('crowded')).toEqual([['HeartbeatInterval', '60', '300', 'pending', 'fleet']]);
    stations.clock += RETRY_MS + 1;
    expect(await stations.check(values)).toEqual(['GetVariables', 'SetVariables']);
  });

  it('reads first what it has not read for longest, where a station takes one value at a time and it has no room for all', async () => {
    const names = Array.from({ length: MAX_MESSAGES + 10 }, (_, nth) => `V${nth}`);
    const values = new Map(names.map((name) => [name, '1']));
    await stations.boot('wide');
    await stations.want('wide', names.map((variable) => ({ component: 'A', variable, attribute: 'Actual' as const, value: '1' }))); // prettier-ignore
    const read = new Set<string>();
    for (let nth = 0; nth < 3; nth++) {
      await stations.configurations.check(ref('wide'));
      await stations.checks.sweep();
      for (const { payload } of stations.sent)
        for (const { variable } of (payload['getVariableData'] as Named[] | undefined) ?? []) read.add(variable.name);
      await stations.answer(values);
    }
    expect(read).toEqual(new Set(names));
  });

  it('that an operator asks for while one is under way is made after it', async () => {
    const values = new Map([['HeartbeatInterval', '60']]);
    await stations.boot('asked');
    await stations.wantInterval('60');
    await stations.checks.sweep();
    stations.clock += 1_000;
    await stations.configurations.check(ref('asked'));
    expect(await stations.answer(values)).toEqual(['GetVariables']);
    expect(await stations.check(values)).toEqual(['GetVariables']);
    expect(await stations.check(values)).toEqual([]);
  });

  it(`is not made at every boot of a station that boots when it is read: ${MAX_UNREAD} times, and then once a day`, async () => {
    await stations.boot('reboots-at-once');
    await stations.wantInterval('60');
    let read = 0;
    for (let nth = 0; nth < MAX_UNREAD + 3; nth++) {
      await stations.checks.sweep();
      read += (await stations.answer(new Map(), ACCEPTS, 'unknown')).length;
      await stations.boot('reboots-at-once');
    }
    expect(read).toBe(MAX_UNREAD);
    stations.clock += 25 * HOUR_MS;
    const values = new Map([['HeartbeatInterval', '300']]);
    expect(await stations.check(values)).toEqual(['GetVariables', 'SetVariables']);
    await stations.boot('reboots-at-once');
    expect(await stations.check(values)).toEqual(['GetVariables']);
  });

  it('whose answer is lost ends, and is made again', async () => {
    await stations.boot('lost');
    await stations.wantInterval('60');
    await stations.checks.sweep();
    stations.sent = [];
    stations.clock += CHECK_TIMEOUT_MS - 1_000;
    expect(await stations.checks.sweep()).toBe(0);
    stations.clock += 2_000;
    expect(await stations.check(new Map([['HeartbeatInterval', '60']]))).toEqual(['GetVariables']);
  });

  it('is not disturbed by a result that comes twice, nor by the commands of others', async () => {
    await stations.boot('twice');
    await stations.wantInterval('60');
    await stations.checks.sweep();
    const [request] = stations.sent;
    if (request === undefined) throw new Error('nothing was sent');
    const { id, action, payload } = request;
    const response = respond(action, payload, new Map([['HeartbeatInterval', '300']]), ACCEPTS);
    const command = endedCommand({ ...ref('twice'), id, action, payload, response });
    await stations.checks.onEnded(endedCommand({ ...ref('twice'), action, payload, response }));
    expect(stations.sent).toHaveLength(1);
    await Promise.all([stations.checks.onEnded(command), stations.checks.onEnded(command)]);
    expect(stations.sent.map((one) => one.action)).toEqual(['GetVariables', 'SetVariables']);
  });

  it('ends with its station', async () => {
    await stations.boot('deleted');
    await stations.wantInterval('60');
    await stations.checks.sweep();
    await service.stations.forget(ref('deleted'));
    expect(await stations.answer(new Map([['HeartbeatInterval', '300']]))).toEqual(['GetVariables']);
    expect(await service.database.query('SELECT FROM device_config.station_configurations')).toEqual([]);
  });
});
