import { CONNECTIONS, type ConnectionEvent } from '@voltbus/contracts';
import { eventually } from '@voltbus/testing';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});
/** No attempt is given back while we try. */
const timeStands = () => jest.spyOn(performance, 'now').mockReturnValue(performance.now());

const heartbeat = [2, 'h', 'Heartbeat', {}];

describe('the door', () => {
  it('tells who was refused and why, of one address so many and no more', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    const refusals: unknown[] = [];
    await fixture.bus.follow({
      name: 'refusals',
      topic: CONNECTIONS,
      handle: ({ headers, value }) =>
        fixture.record(() => refusals.push([headers['ce_type']?.toString(), JSON.parse(value.toString()) as unknown])),
    });
    timeStands();
    for (let tries = 0; tries < 20; tries++) await fixture.connect('CS-1', { password: 'wrong' }).catch(() => undefined);
    await fixture.until(() => refusals.length >= 10);
    expect(refusals[0]).toEqual([
      'voltbus.station.refused',
      { tenant: 'default', station: 'CS-1', remoteAddress: '127.0.0.1', reason: 'wrong-credentials', at: expect.any(String) },
    ]);
    expect(refusals).toHaveLength(10);
  });

  it('opens to be closed with 1002, as the specification has it, where that is wanted for unknown versions (J 3.3)', async () => {
    fixture = await GatewayFixture.start({ SUBPROTOCOL_MISMATCH: 'accept-and-close' });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol: '' });
    expect(station.socket.protocol).toBe('');
    expect(await station.closed).toBe(1002);
    await expect(fixture.connect('CS-1', { protocol: '', password: 'wrong' })).rejects.toThrow('401');
    expect(fixture.metrics.total('gateway_handshakes_total', { result: 'no-common-protocol' })).toBe(1);
    expect(await fixture.connections.find({ tenant: 'default', station: 'CS-1' })).toBeNull();
  });

  it('quirk 9: takes a station that names no version for one of 1.6, where that is wanted; one that names others is refused', async () => {
    fixture = await GatewayFixture.start({ SUBPROTOCOL_MISSING: 'ocpp1.6' });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol: '' });
    expect(station.socket.protocol).toBe(''); // it named none, so none is named
    const found = () => fixture.connections.find({ tenant: 'default', station: 'CS-1' });
    expect(await eventually(found, (owner) => owner !== null)).toMatchObject({ protocol: 'ocpp1.6' });
    await expect(fixture.connect('CS-1', { protocol: 'ocpp0.9' })).rejects.toThrow('400');
  });

  it('lets connections of one identity replace each other, and raises an alarm when they keep doing so', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    const told: ConnectionEvent[] = [];
    await fixture.bus.follow({
      name: 'connections',
      topic: CONNECTIONS,
      handle: ({ headers, value }) => {
        if (headers['ce_type']?.toString() !== 'voltbus.station.connected') return;
        fixture.record(() => told.push(JSON.parse(value.toString()) as ConnectionEvent));
      },
    });
    let last = await fixture.connect('CS-1');
    for (let flip = 0; flip < 7; flip++) {
      await last.call(heartbeat);
      const next = await fixture.connect('CS-1');
      expect(await last.closed).toBe(1000);
      last = next;
    }
    await last.call(heartbeat);
    expect(fixture.metrics.total('gateway_takeovers_total')).toBe(7);
    expect(fixture.metrics.total('gateway_duplicate_identity_total')).toBe(2);
    await fixture.until(() => told.length === 8);
    expect(told.map(({ tookOver }) => tookOver)).toEqual([undefined, ...Array.from({ length: 7 }, () => true)]);
    expect(new Set(told.map(({ remoteAddress }) => remoteAddress))).toEqual(new Set(['127.0.0.1']));
    await fixture.sendCommand('CS-1', 'c1');
    expect(await last.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
  });

  it('keeps tenants apart: the same identity, two stations', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1', { securityProfile: 0 });
    await fixture.addStation('CS-1', { tenant: 'acme', securityProfile: 0 });
    const ours = await fixture.connect('CS-1');
    const theirs = await fixture.connect('CS-1', { path: '/ocpp/acme/CS-1' });
    expect(await ours.call(heartbeat)).toMatchObject([3, 'h', {}]);
    expect(await theirs.call(heartbeat)).toMatchObject([3, 'h', {}]);
    await fixture.sendCommand('CS-1', 'c1');
    expect(await ours.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
    expect(theirs.frames).toEqual([]);
  });
});
