import { CONNECTIONS, hashStationKey, type ConnectionEvent } from '@voltbus/contracts';
import { CLOSE_REASONS } from '../session/close-reasons';
import { GatewayFixture, PASSWORD, PEPPER } from '../testing/gateway-fixture';

const NEW = 'the new password of it';
const rotation = '0e3c6d0e-8f0a-4f6e-9a44-0c1f5a3f1a01';
let fixture: GatewayFixture;
let connected: ConnectionEvent[];
beforeEach(async () => {
  fixture = await GatewayFixture.start();
  connected = [];
  await fixture.bus.follow({
    name: 'connections',
    topic: CONNECTIONS,
    handle: ({ value }) => fixture.record(() => connected.push(JSON.parse(value.toString()) as ConnectionEvent)),
  });
});
afterEach(() => fixture.stop());

const hashOf = (password: string) => hashStationKey(PEPPER, { tenant: 'default', station: 'CS-1' }, Buffer.from(password));
const rotating = { keyHashes: [hashOf(PASSWORD), hashOf(NEW)], passwordRotation: { id: rotation, keyHashes: [hashOf(NEW)] } };

describe('a station whose password is being replaced', () => {
  it('A01: may use both, and the event of its connection names the rotation when it has used the new one', async () => {
    await fixture.addStation('CS-1', rotating);
    await fixture.connect('CS-1');
    await fixture.connect('CS-1', { password: NEW });
    await fixture.until(() => connected.filter(({ reason }) => reason === 'connected').length === 2);
    const [first, second] = connected.filter(({ reason }) => reason === 'connected');
    expect(first).not.toHaveProperty('passwordRotation');
    expect(second).toMatchObject({ passwordRotation: rotation });
  });

  it('TC_A_09: may use the new one alone when the rotation is over', async () => {
    await fixture.addStation('CS-1', { keyHashes: [hashOf(NEW)], passwordRotation: null });
    await expect(fixture.connect('CS-1')).rejects.toThrow('401');
    await fixture.connect('CS-1', { password: NEW });
  });

  it('stays connected where the rotation is over before its connection is registered', async () => {
    await fixture.addStation('CS-1', rotating);
    const register = fixture.connections.acquire.bind(fixture.connections);
    jest.spyOn(fixture.connections, 'acquire').mockImplementationOnce(async (...of) => {
      await fixture.addStation('CS-1', { keyHashes: [hashOf(NEW)], passwordRotation: null });
      return register(...of);
    });
    const station = await fixture.connect('CS-1', { password: NEW });
    // the second one is answered long after the profile was looked at again
    for (const id of ['one', 'two']) expect(await station.call([2, id, 'Heartbeat', {}])).toMatchObject([3, id, {}]);
  });

  it('is closed where the password that it used went before its connection was registered', async () => {
    await fixture.addStation('CS-1', rotating);
    const register = fixture.connections.acquire.bind(fixture.connections);
    jest.spyOn(fixture.connections, 'acquire').mockImplementationOnce(async (...of) => {
      await fixture.addStation('CS-1', { keyHashes: [hashOf(NEW)], passwordRotation: null });
      return register(...of);
    });
    const station = await fixture.connect('CS-1');
    expect(await station.closed).toBe(CLOSE_REASONS.evicted.code);
  });

  it('A01: is refused with the old one by all gateways from the moment that its rotation is over', async () => {
    await fixture.stop();
    fixture = await GatewayFixture.start({}, 2);
    await fixture.addStation('CS-1', rotating);
    for (const gateway of [0, 1]) await fixture.connect('CS-1', { gateway });
    await fixture.addStation('CS-1', { keyHashes: [hashOf(NEW)], passwordRotation: null });
    for (const gateway of [0, 1]) await expect(fixture.connect('CS-1', { gateway })).rejects.toThrow('401');
    for (const gateway of [0, 1]) await fixture.connect('CS-1', { gateway, password: NEW });
  });

  it('is closed where a gateway let it in by what it remembered, while the registry is away', async () => {
    await fixture.addStation('CS-1', rotating);
    await fixture.connect('CS-1');
    fixture.addUncachedStation('CS-1', { keyHashes: [hashOf(NEW)], passwordRotation: null });
    jest.spyOn(fixture.connections, 'profile').mockRejectedValue(new Error('away'));
    const station = await fixture.connect('CS-1');
    expect(await station.closed).toBe(CLOSE_REASONS.evicted.code);
    const other = await fixture.connect('CS-1', { password: NEW });
    expect(await other.call([2, 'one', 'Heartbeat', {}])).toMatchObject([3, 'one', {}]);
  });
});
