import { CONNECTIONS, type ConnectionEvent } from '@voltbus/contracts';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(() => fixture.stop());

const heartbeat = [2, 'h', 'Heartbeat', {}];

describe('connections of one identity', () => {
  it('replace each other, and are counted as duplicates when they keep doing so', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    const connected: ConnectionEvent[] = [];
    await fixture.bus.follow({
      name: 'connections',
      topic: CONNECTIONS,
      handle: ({ headers, value }) => {
        if (headers['ce_type']?.toString() !== 'voltbus.station.connected') return;
        fixture.record(() => connected.push(JSON.parse(value.toString()) as ConnectionEvent));
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
    await fixture.until(() => connected.length === 8);
    expect(connected.map(({ tookOver }) => tookOver)).toEqual([undefined, ...Array.from({ length: 7 }, () => true)]);
    expect(new Set(connected.map(({ remoteAddress }) => remoteAddress))).toEqual(new Set(['127.0.0.1']));
    await fixture.sendCommand('CS-1', 'c1');
    expect(await last.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
  });
});
