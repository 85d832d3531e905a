import { GatewayFixture } from '../testing/gateway-fixture';

/** The other specs run on `ws`; this one holds the same rules to the default transport. */
let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await GatewayFixture.start({ TRANSPORT: 'uws' }, 2);
  for (const name of ['CS-1', 'CS-2']) await fixture.addStation(name);
});
afterEach(() => fixture.stop());

const heartbeat = [2, 'h', 'Heartbeat', {}];

describe('a gateway on uWebSockets.js', () => {
  it('refuses the same as on ws', async () => {
    await expect(fixture.connect('CS-1', { password: 'wrong' })).rejects.toThrow('401');
    await expect(fixture.connect('CS-1', { protocol: 'ocpp0.1' })).rejects.toThrow('400');
    await expect(fixture.connect('CS-1', { path: '/elsewhere' })).rejects.toThrow('404');
  });

  it('answers calls of every ack class, and sends commands meanwhile', async () => {
    const station = await fixture.connect('CS-1', { protocol: 'ocpp9,ocpp1.6' });
    expect(station.socket.protocol).toBe('ocpp1.6');
    expect(await station.call(heartbeat)).toMatchObject([3, 'h', {}]);
    expect(await station.call([2, 's', 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' }])).toEqual([
      3,
      's',
      {},
    ]);
    station.send([2, 'a', 'Authorize', { idTag: 'T' }]);
    await fixture.until(() => fixture.received.length === 2);
    await fixture.sendCommand('CS-1', 'c1');
    expect(await station.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
    await fixture.received[1]?.answer([3, 'a', { idTagInfo: { status: 'Accepted' } }]);
    expect(await station.nextFrame()).toMatchObject([3, 'a', {}]);
    station.send([3, 'c1', { status: 'Accepted' }]);
    await fixture.until(() => fixture.outcomes().length === 2);
    expect(fixture.outcomes()).toEqual(['c1 sent', 'c1 answered']);
  });

  it('lets the newest connection win, here and at another gateway', async () => {
    const first = await fixture.connect('CS-1', { gateway: 0 });
    await first.call(heartbeat);
    const second = await fixture.connect('CS-1', { gateway: 0 });
    expect(await first.closed).toBe(1000);
    await second.call(heartbeat);
    const third = await fixture.connectReady('CS-1', { gateway: 1 });
    expect(await second.closed).toBe(1000);
    await fixture.sendCommand('CS-1', 'c1');
    expect(await third.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
  });

  it('closes a flood of pings, and ten frames that cannot be read', async () => {
    const pinging = await fixture.connect('CS-1');
    for (let ping = 0; ping < 600; ping++) pinging.socket.ping();
    expect([1006, 1008]).toContain(await pinging.closed);
    const garbling = await fixture.connect('CS-2');
    for (let strike = 0; strike < 10; strike++) garbling.send('garbage');
    expect(await garbling.closed).toBe(1002);
  });

  it('drains: idle sockets with 1012 at once, an open call first', async () => {
    const idle = await fixture.connect('CS-1');
    const busy = await fixture.connect('CS-2');
    busy.send([2, 'a', 'Authorize', { idTag: 'T' }]);
    await fixture.until(() => fixture.received.length === 1);
    const stopped = fixture.gateways[0]?.gateway.stop(10_000);
    expect(await idle.closed).toBe(1012);
    await fixture.received[0]?.answer([3, 'a', { idTagInfo: { status: 'Accepted' } }]);
    expect(await busy.nextFrame()).toMatchObject([3, 'a', {}]);
    expect(await busy.closed).toBe(1012);
    await stopped;
  });
});
