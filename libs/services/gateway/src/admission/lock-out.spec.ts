import crypto from 'node:crypto';
import { PROFILE_REQUESTS } from '@voltbus/contracts';
import { ADDRESS_REFUSALS, SECOND_ATTEMPTS, STATION_ATTEMPTS } from '../limits';
import { GatewayFixture, PASSWORD } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});
/** No attempt is given back while we try. */
const timeStands = () => jest.spyOn(performance, 'now').mockReturnValue(performance.now());
const heartbeat = [2, 'h', 'Heartbeat', {}];
const code = (attempt: Promise<unknown>): Promise<string> => attempt.then(() => '101', (error: Error) => error.message); // prettier-ignore

describe('attacks from the address of a station', () => {
  it('do not lock it out by wrong passwords in its own name, however many', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    timeStands();
    const wrong = () => code(fixture.connect('CS-1', { password: 'wrong' }));
    const codes: string[] = [];
    for (let tries = 0; tries < STATION_ATTEMPTS.burst + 5; tries++) codes.push(await wrong());
    expect(codes.filter((one) => one === '401')).toHaveLength(STATION_ATTEMPTS.burst);
    expect(codes.at(-1)).toBe('429');
    const tries = Array.from({ length: 20 }, wrong);
    const station = await fixture.connect('CS-1');
    expect(await station.call(heartbeat)).toMatchObject([3, 'h', {}]);
    expect(new Set(await Promise.all(tries))).toEqual(new Set(['429']));
    expect(await station.call(heartbeat)).toMatchObject([3, 'h', {}]);
  });

  it('do not lock it out by invented names; beyond the limit of the address device-config is asked for none of them', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    fixture.addUncachedStation('CS-2');
    timeStands();
    const flood = async (from: number, count: number) => {
      for (let at = from; at < from + count; at += 50)
        await Promise.all(Array.from({ length: 50 }, (_, index) => code(fixture.connect(`guess-${at + index}`, { password: 'wrong' }))));
    };
    await flood(0, ADDRESS_REFUSALS.burst + 100);
    const asked = fixture.profileRequestsOf.length;
    expect(asked).toBeLessThan(ADDRESS_REFUSALS.burst + 50);
    await flood(1_000, 100);
    expect(fixture.profileRequestsOf).toHaveLength(asked);
    await fixture.connect('CS-1');
    // nobody here knows this one: it is asked about when it comes again
    expect(await code(fixture.connect('CS-2'))).toBe('429');
    await fixture.connect('CS-2');
    expect(fixture.profileRequestsOf.slice(asked)).toEqual(['default/CS-2']);
    expect(SECOND_ATTEMPTS.burst).toBeGreaterThan(0);
  });

  it('are answered 429 once the request itself was wrong too often', async () => {
    fixture = await GatewayFixture.start();
    timeStands();
    const codes: string[] = [];
    for (let tries = 0; tries < ADDRESS_REFUSALS.burst + 1; tries++)
      codes.push(await code(fixture.connect('CS-1', { path: '/elsewhere' })));
    expect(codes.slice(-2)).toEqual(['404', '429']);
  });
});

describe('an unknown station and a wrong password', () => {
  /** What is done for an attempt, in its order. */
  async function stepsOf(station: string, password: string): Promise<string[]> {
    const steps: string[] = [];
    const { connections, bus } = fixture;
    const [profile, publish, createHmac] = [connections.profile.bind(connections), bus.publish.bind(bus), crypto.createHmac];
    jest.spyOn(connections, 'profile').mockImplementation((ref) => {
      steps.push('registry');
      return profile(ref);
    });
    jest.spyOn(bus, 'publish').mockImplementation((topic, record, options) => {
      if (topic === PROFILE_REQUESTS) steps.push('device-config');
      return publish(topic, record, options);
    });
    jest.spyOn(crypto, 'createHmac').mockImplementation((...args) => {
      steps.push('hmac');
      return createHmac(...args);
    });
    steps.push(await code(fixture.connect(station, { password })));
    jest.restoreAllMocks();
    return steps;
  }

  it('A00.FR.204 take the same steps, and so the same time', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('cached');
    fixture.addUncachedStation('uncached');
    await fixture.addStation('without a password', { keyHashes: [] });
    const proof = ['hmac', 'hmac', 'hmac'];
    const steps = ['registry', ...proof, 'device-config', ...proof, '401'];
    for (const station of ['unknown', 'cached', 'uncached', 'without a password'])
      expect([station, await stepsOf(station, 'wrong')]).toEqual([station, steps]);
    expect((await stepsOf('cached', PASSWORD)).slice(0, 4)).toEqual(['registry', ...proof]);
  });

  it('get the same answer while device-config does not answer', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('cached');
    fixture.deviceConfigAnswers = false;
    const codes = ['unknown', 'cached'].map((station) => code(fixture.connect(station, { password: 'wrong' })));
    expect(await Promise.all(codes)).toEqual(['503', '503']);
    await fixture.connect('cached');
  });
});

describe('a station with a password', () => {
  it('must prove it, even if its tenant demands none', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('open', { securityProfile: 0 });
    const { keyHashes } = fixture.addUncachedStation('closed');
    await fixture.addStation('closed', { securityProfile: 0, keyHashes });
    expect(await code(fixture.connect('open', { password: 'anything' }))).toBe('101');
    expect(await code(fixture.connect('closed', { password: 'wrong' }))).toBe('401');
    expect(await code(fixture.connect('closed'))).toBe('101');
  });

  it('may have a colon in its identity, plain or percent-encoded in the URL', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('EVSE:1');
    expect(await code(fixture.connect('EVSE:1'))).toBe('101');
    expect(await code(fixture.connect('EVSE:1', { path: '/ocpp/EVSE%3A1' }))).toBe('101');
    expect(await code(fixture.connect('EVSE:1', { path: '/ocpp/default/EVSE%3a1' }))).toBe('101');
    expect(await code(fixture.connect('EVSE', { path: '/ocpp/EVSE:1', password: `1:${PASSWORD}` }))).toBe('101'); // the same bytes
    expect(await code(fixture.connect('EVSE', { password: `1:${PASSWORD}` }))).toBe('401');
  });
});
