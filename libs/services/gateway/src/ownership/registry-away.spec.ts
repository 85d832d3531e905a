import { ConnectionsUnavailable, type HeldConnection } from '@voltbus/connections';
import { until, within } from '@voltbus/testing';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

const ref = { tenant: 'default', station: 'CS-1' };
const registered = () => fixture.metrics.reading('gateway_registered_connections');
const heartbeat = [2, 'h', 'Heartbeat', {}];

/** Resolves when so many asserts that are so have been answered from now on. */
function asserted(times: number, isSo: (held: readonly HeldConnection[]) => boolean): Promise<void> {
  const { connections } = fixture;
  const assert = connections.assert.bind(connections);
  const answered = new Promise<void>((resolve) => {
    let seen = 0;
    jest.spyOn(connections, 'assert').mockImplementation(async (held) => {
      const verdicts = await assert(held);
      if (isSo(held) && ++seen === times) setImmediate(resolve);
      return verdicts;
    });
  });
  return within(`the registry answers ${times} asserts that satisfy ${isSo.toString()}`, answered);
}

describe('a registry that was away, or has lost its data', () => {
  it('is restored by an assert after it forgot everything, and no socket is closed', async () => {
    fixture = await GatewayFixture.start({ ASSERT_SECONDS: 0.05 });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1');
    await station.call([2, 'h', 'Heartbeat', {}]);
    fixture.connections.flush();
    await until('the connection is registered again', async () => (await fixture.connections.find(ref)) !== null);
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
  });

  it('does not stop known stations: they connect, are served, and are registered when it is back', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    (await fixture.connect('CS-1')).socket.close(); // seen lately
    fixture.connections.setAvailable(false);
    const station = await fixture.connect('CS-1');
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    expect(registered()).toBe(0);
    fixture.connections.setAvailable(true);
    const ref = { tenant: 'default', station: 'CS-1' };
    const epoch = fixture.gateways[0]?.gateway.sessions.byStation(ref)?.connection.owner?.epoch;
    await until('the connection is registered with its epoch', async () => (await fixture.connections.find(ref))?.epoch === epoch);
    await until('the gauge counts it', () => Promise.resolve(registered() === 1));
    await fixture.sendCommand('CS-1', 'c1');
    expect(await station.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
  });

  it("does not change that the newest connection wins, though the registry's clock was ahead of ours", async () => {
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

  it('gets all connections again as soon as it has lost our lease, because it has lost them too', async () => {
    fixture = await GatewayFixture.start({ ASSERT_SECONDS: 300 });
    await fixture.addStation('CS-1');
    await fixture.connectReady('CS-1');
    fixture.connections.flush();
    expect(await fixture.connections.find(ref)).toBeNull();
    await until('the connection is registered again', async () => (await fixture.connections.find(ref)) !== null);
  });

  it('closes no connection for an acquire of our own whose answer came too late', async () => {
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

  it('gets no lease of a gateway that has stopped meanwhile', async () => {
    fixture = await GatewayFixture.start();
    await fixture.gateways[0]?.gateway.stop(2_000);
    expect(await fixture.connections.leases()).toEqual([]);
    fixture.connections.setAvailable(false);
    fixture.connections.setAvailable(true);
    await new Promise((next) => setImmediate(next));
    expect(await fixture.connections.leases()).toEqual([]);
  });
});
