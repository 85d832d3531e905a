import { ConnectionsUnavailable, type HeldConnection } from '@voltbus/connections';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(() => fixture.stop());

const ref = { tenant: 'default', station: 'CS-1' };
const heartbeat = [2, 'h', 'Heartbeat', {}];

/** Resolves when so many asserts that are so have been answered from now on. */
function asserted(times: number, isSo: (held: readonly HeldConnection[]) => boolean): Promise<void> {
  const { connections } = fixture;
  const assert = connections.assert.bind(connections);
  return new Promise((resolve) => {
    let seen = 0;
    jest.spyOn(connections, 'assert').mockImplementation(async (held) => {
      const verdicts = await assert(held);
      if (isSo(held) && ++seen === times) setImmediate(resolve);
      return verdicts;
    });
  });
}

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

describe('whose connection it is', () => {
  it("is the newest one without the registry too, though the registry's clock was ahead of ours", async () => {
    const aheadUs = 3_600_000_000;
    fixture = await GatewayFixture.start({}, 1, { nowUs: () => Date.now() * 1_000 + aheadUs });
    await fixture.addStation('CS-1');
    const old = await fixture.connect('CS-1');
    await old.call(heartbeat);
    fixture.connections.setAvailable(false);
    const young = await fixture.connect('CS-1');
    expect(await old.closed).toBe(1000);
    expect(await young.call(heartbeat)).toMatchObject([3, 'h', {}]);
  });

  it('a command that waited for a connection that ended goes down again to the next one, under the same id', async () => {
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

  it('is said again as soon as the registry turns out to have lost our lease: it lost the connections too', async () => {
    fixture = await GatewayFixture.start({ ASSERT_SECONDS: 300 });
    await fixture.addStation('CS-1');
    await fixture.connectReady('CS-1');
    fixture.connections.flush();
    expect(await fixture.connections.find(ref)).toBeNull();
    while ((await fixture.connections.find(ref)) === null) await new Promise((next) => setTimeout(next, 50));
  });

  it.each([
    ['a day forward', 86_400_000],
    ['two hours back', -7_200_000],
  ])('sends a command that waits, and one that comes then, though the clock of the host is set %s', async (_way, jumpMs) => {
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

  it('is closed here when an assert finds a newer one elsewhere', async () => {
    fixture = await GatewayFixture.start({ ASSERT_SECONDS: 0.05 });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1');
    await station.call(heartbeat);
    await fixture.connections.acquire(ref, { inst: 'elsewhere', bucket: 1, protocol: 'ocpp1.6', lastSeenAt: 0 });
    expect(await station.closed).toBe(1000);
    expect((await fixture.connections.find(ref))?.inst).toBe('elsewhere');
  });

  it('is not closed for an acquire of our own whose answer came too late: what goes by our epoch is ours', async () => {
    fixture = await GatewayFixture.start({ ASSERT_SECONDS: 0.05 });
    await fixture.addStation('CS-1');
    const { connections } = fixture;
    const acquire = connections.acquire.bind(connections);
    jest.spyOn(connections, 'acquire').mockImplementationOnce(async (to, by) => {
      // The registry is asked when the gateway has given up waiting and has minted an epoch of its own.
      setImmediate(() => void acquire(to, by));
      throw new ConnectionsUnavailable('no answer in time');
    });
    const station = await fixture.connect('CS-1');
    await asserted(1, (held) => held.length > 0);
    expect(await station.call(heartbeat)).toMatchObject([3, 'h', {}]); // with an epoch that its answers find
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'replaced' })).toBe(0);
  });

  it('is asserted by nobody while a newer connection of the station asks for its epoch', async () => {
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

  it('a gateway that has stopped holds no lease, also when the registry comes back after', async () => {
    fixture = await GatewayFixture.start();
    await fixture.gateways[0]?.gateway.stop(2_000);
    expect(await fixture.connections.leases()).toEqual([]);
    fixture.connections.setAvailable(false);
    fixture.connections.setAvailable(true);
    await new Promise((next) => setImmediate(next));
    expect(await fixture.connections.leases()).toEqual([]);
  });

  it.each([
    ['was blocked', { blocked: true }],
    ['got another password', { keyHashes: ['other'] }],
  ])(
    "is nobody's when the station %s between its password check and its registration, where no eviction finds it",
    async (_name, change) => {
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
    },
  );
});
