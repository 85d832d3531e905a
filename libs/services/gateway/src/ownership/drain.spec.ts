import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await GatewayFixture.start();
  for (const name of ['idle', 'busy']) await fixture.addStation(name);
});
afterEach(() => fixture.stop());

const LONG_MS = 10_000;
const authorize = [2, 'a', 'Authorize', { idTag: 'T' }];
const stop = (withinMs: number) => fixture.gateways[0]?.gateway.stop(withinMs);

describe('a drain', () => {
  it('closes idle sockets with 1012 and lets an open call finish first', async () => {
    const idle = await fixture.connect('idle');
    const busy = await fixture.connect('busy');
    busy.send(authorize);
    await fixture.until(() => fixture.received.length === 1);
    const stopped = stop(LONG_MS);
    expect(await idle.closed).toBe(1012);
    expect(fixture.metrics.reading('gateway_draining')).toBe(1);
    expect(fixture.metrics.reading('gateway_drain_remaining')).toBe(1);
    expect(busy.socket.readyState).toBe(busy.socket.OPEN);
    await fixture.received[0]?.answer([3, 'a', { idTagInfo: { status: 'Accepted' } }]);
    expect(await busy.nextFrame()).toMatchObject([3, 'a', {}]);
    expect(await busy.closed).toBe(1012);
    await stopped;
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'drain' })).toBe(2);
  });

  it('lets our open call be answered and sends no other: commands that wait end not-connected, to be sent elsewhere', async () => {
    const busy = await fixture.connectReady('busy');
    await fixture.sendCommand('busy', 'open');
    await busy.nextFrame();
    await fixture.sendCommand('busy', 'waiting');
    const idle = await fixture.connect('idle');
    const stopped = stop(LONG_MS);
    await idle.closed;
    await new Promise((turn) => setTimeout(turn, 50)); // the busy one's turn has come too: the drain's own timers are shorter
    busy.send([3, 'open', { status: 'Accepted' }]);
    expect(await busy.closed).toBe(1012);
    await stopped;
    expect(fixture.outcomes()).toEqual(['open sent', 'open answered', 'waiting not-connected']);
    expect(busy.frames).toEqual([]);
  });

  it('takes no longer than it may: a call that is still open then ends unknown', async () => {
    const busy = await fixture.connectReady('busy');
    await fixture.sendCommand('busy', 'open', { timeoutMs: 3_600_000, deadline: Date.now() + 3_600_000 });
    await busy.nextFrame();
    await stop(200); // and not in an hour: Jest's timeout is before
    expect(await busy.closed).toBe(1012);
    expect(fixture.outcomes()).toEqual(['open sent', 'open unknown']);
  });

  it('refuses new connections', async () => {
    const busy = await fixture.connect('busy');
    busy.send(authorize);
    await fixture.until(() => fixture.received.length === 1);
    const stopped = stop(500);
    await expect(fixture.connect('idle')).rejects.toThrow(/503|ECONNREFUSED/);
    await stopped;
  });

  it('leaves no lease and no owner in the registry', async () => {
    for (const name of ['idle', 'busy']) await (await fixture.connect(name)).call([2, 'h', 'Heartbeat', {}]);
    await stop(LONG_MS);
    const refs = ['idle', 'busy'].map((station) => ({ tenant: 'default', station }));
    expect(await fixture.connections.findMany(refs)).toEqual([null, null]);
    expect(await fixture.connections.leases()).toEqual([]);
  });
});
