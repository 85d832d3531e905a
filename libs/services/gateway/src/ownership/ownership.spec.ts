import { type HeldConnection } from '@voltbus/connections';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

const ref = { tenant: 'default', station: 'CS-1' };
const heartbeat = [2, 'h', 'Heartbeat', {}];

/** Resolves when the lease has been renewed so often from now on. */
function renewed(times: number): Promise<void> {
  const { connections } = fixture;
  const renew = connections.renewLease.bind(connections);
  return new Promise((resolve) => {
    let seen = 0;
    jest.spyOn(connections, 'renewLease').mockImplementation(async (lease) => {
      const known = await renew(lease);
      if (++seen === times) resolve();
      return known;
    });
  });
}

describe('the owner of a station', () => {
  it('is its newest connection, also at another gateway; the end of the old one changes nothing', async () => {
    fixture = await GatewayFixture.start({}, 2);
    await fixture.addStation('CS-1');
    const old = await fixture.connect('CS-1', { gateway: 0 });
    await old.call([2, 'h', 'Heartbeat', {}]);
    const young = await fixture.connectReady('CS-1', { gateway: 1 });
    expect(await old.closed).toBe(1000);
    await fixture.sendCommand('CS-1', 'c1');
    expect(await young.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
    expect((await fixture.connections.find({ tenant: 'default', station: 'CS-1' }))?.inst).toBe(fixture.gateways[1]?.gateway.inst);
  });

  it('is released at the end of the connection', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1');
    await station.call([2, 'h', 'Heartbeat', {}]);
    station.socket.close();
    await station.closed;
    while ((await fixture.connections.find({ tenant: 'default', station: 'CS-1' })) !== null)
      await new Promise((next) => setImmediate(next));
  });

  it('changes while a command waits: the command may go down again to the next connection, under the same id', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    const old = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'sent');
    await old.nextFrame();
    await fixture.sendCommand('CS-1', 'waiting');
    const young = await fixture.connectReady('CS-1');
    await fixture.until(() => fixture.outcomes().includes('waiting not-connected'));
    await fixture.sendCommand('CS-1', 'waiting'); // what the router does once
    expect(await young.nextFrame()).toMatchObject([2, 'waiting', 'Reset', {}]);
    await fixture.sendCommand('CS-1', 'sent'); // what the router never does
    expect(await young.call(heartbeat)).toMatchObject([3, 'h', {}]);
    expect(fixture.metrics.total('gateway_downlink_dropped_total', { reason: 'seen' })).toBe(1);
  });

  it.each([
    ['a day forward', 86_400_000],
    ['two hours back', -7_200_000],
  ])('sends commands that wait, and new ones, though the clock of the host is set %s', async (_way, jumpMs) => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'outstanding');
    expect(await station.nextFrame()).toMatchObject([2, 'outstanding', 'Reset', {}]);
    await fixture.sendCommand('CS-1', 'waiting');
    await fixture.sendCommand('CS-1', 'behind it', { epoch: 1 });
    await fixture.until(() => fixture.outcomes().includes('behind it stale-epoch'));
    const realNow = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + jumpMs);
    try {
      await fixture.sendCommand('CS-1', 'later');
      station.send([3, 'outstanding', { status: 'Accepted' }]);
      expect(await station.nextFrame()).toMatchObject([2, 'waiting', 'Reset', {}]);
      station.send([3, 'waiting', { status: 'Accepted' }]);
      expect(await station.nextFrame()).toMatchObject([2, 'later', 'Reset', {}]);
    } finally {
      clock.mockRestore();
    }
  });

  it('is another gateway when an assert finds a newer connection there: ours is closed', async () => {
    fixture = await GatewayFixture.start({ ASSERT_SECONDS: 0.05 });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1');
    await station.call(heartbeat);
    await fixture.connections.acquire(ref, { inst: 'elsewhere', bucket: 1, protocol: 'ocpp1.6', lastSeenAt: 0 });
    expect(await station.closed).toBe(1000);
    expect((await fixture.connections.find(ref))?.inst).toBe('elsewhere');
  });

  it('is not asserted while a newer connection of the station waits for its epoch', async () => {
    fixture = await GatewayFixture.start({ ASSERT_SECONDS: 0.05 });
    await fixture.addStation('CS-1');
    const { connections } = fixture;
    const old = await fixture.connect('CS-1');
    await old.call(heartbeat);
    const acquire = connections.acquire.bind(connections);
    const held = jest.spyOn(connections, 'assert');
    const meanwhile: HeldConnection[] = [];
    jest.spyOn(connections, 'acquire').mockImplementationOnce(async (to, by) => {
      const taken = await acquire(to, by);
      held.mockClear();
      await renewed(3); // each time before everything is asserted, of which it was one at least
      meanwhile.push(...held.mock.calls.flatMap(([all]) => all));
      return taken;
    });
    const young = await fixture.connect('CS-1');
    expect(await old.closed).toBe(1000);
    expect(await young.call(heartbeat)).toMatchObject([3, 'h', {}]);
    expect(meanwhile).toEqual([]);
    expect((await connections.find(ref))?.inst).toBe(fixture.gateways[0]?.gateway.inst);
  });

  it.each([
    ['was blocked', { blocked: true }],
    ['got another password', { keyHashes: ['other'] }],
  ])('is nobody when the station %s between its password check and its registration, where no eviction finds it', async (_name, change) => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    const acquire = fixture.connections.acquire.bind(fixture.connections);
    jest.spyOn(fixture.connections, 'acquire').mockImplementationOnce(async (...owner) => {
      await fixture.addStation('CS-1', change); // what device-config changes now, and then finds no owner to evict
      return acquire(...owner);
    });
    const station = await fixture.connect('CS-1');
    expect(await station.closed).toBe(1000);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'evicted' })).toBe(1);
  });
});
