import { publishDownlink } from '@voltbus/service';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await GatewayFixture.start();
  await fixture.addStation('CS-1');
});
afterEach(() => fixture.stop());

const ref = { tenant: 'default', station: 'CS-1' };
const unreadable = () => fixture.metrics.total('gateway_downlink_dropped_total', { reason: 'unreadable' });

describe('the downlink', () => {
  it.each([
    ['is no JSON', '{'],
    ['has no action', JSON.stringify({ payload: {}, timeoutMs: 1_000, priority: 5 })],
  ])('drops and counts a command that %s, and goes on', async (_name, value) => {
    const station = await fixture.connectReady('CS-1');
    const owner = await fixture.connections.find(ref);
    const { inst = '', bucket = 0, epoch = 0 } = owner ?? {};
    const deadline = Date.now() + 10_000;
    await publishDownlink(fixture.bus, { ref, bucket }, { kind: 'call', inst, epoch, commandId: 'broken', deadline }, value);
    await fixture.sendCommand('CS-1', 'next');
    expect(await station.nextFrame()).toMatchObject([2, 'next', 'Reset', {}]);
    expect(unreadable()).toBe(1);
  });

  it('drops and counts a profile that does not fit its schema', async () => {
    const [lease] = await fixture.connections.leases();
    const { inst = '', bucket = 0 } = lease ?? {};
    await publishDownlink(
      fixture.bus,
      { ref, bucket },
      { kind: 'profile', inst, requestId: 'r1' },
      JSON.stringify({ ...ref, known: 'yes' }),
    );
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'next');
    await station.nextFrame();
    expect(unreadable()).toBe(1);
  });
});
