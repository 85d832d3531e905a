import { COMMANDS, QUIRKS_HEADER, LANES, type CommandRequest, type QuirkSettings } from '@voltbus/contracts';
import { publishDownlink } from '@voltbus/service';
import { CALL_HOLD_OFF_MS, FIRST_PING_MS } from '../limits';
import { GatewayFixture } from '../testing/gateway-fixture';
import type { TestStation } from '../testing/ws-test-station';
import type { Session } from './session';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start({ HEARTBEAT_SECONDS: 3_600, PING_SECONDS: 3_600 });
});
afterAll(() => fixture.stop());

let names = 0;
const ref = (station: string) => ({ tenant: 'default', station });

/** A station for which this is switched, and the session that its gateway has. */
async function connected(quirks: QuirkSettings): Promise<{ name: string; station: TestStation; session: Session }> {
  const name = `CS-${++names}`;
  await fixture.addStation(name, { quirks });
  const station = await fixture.connect(name);
  await fixture.until(() => true);
  const session = fixture.gateways[0]?.gateway.sessions.byStation(ref(name));
  if (session === undefined) throw new Error('no session');
  return { name, station, session };
}
/** A command that the gateway has taken; that it comes down twice shows it. */
async function handOver(name: string, id: string): Promise<void> {
  const seen = () => fixture.metrics.total('gateway_downlink_dropped_total', { reason: 'seen' });
  const before = seen();
  for (let time = 0; time < 2; time++) await fixture.sendCommand(name, id);
  while (seen() === before) await new Promise((next) => setImmediate(next));
}
const applied = (quirk: string) => fixture.metrics.total('gateway_quirks_applied_total', { quirk });

describe('quirk no-pings', () => {
  it('sends none where it is on', async () => {
    for (const [quirks, pings] of [
      [{}, 1],
      [{ 'no-pings': true }, 0],
    ] as const) {
      const { station, session } = await connected(quirks);
      let pinged = 0;
      station.socket.on('ping', () => pinged++);
      session.tick(performance.now() + FIRST_PING_MS + 1, 0);
      await station.call([2, 'h', 'Heartbeat', {}]); // behind it on the same socket
      expect(pinged).toBe(pings);
    }
    expect(applied('no-pings')).toBe(1);
  });
});

describe('quirk slow-to-be-called', () => {
  it('holds calls off for its time, also when another call was answered', async () => {
    for (const [quirks, heldMs] of [
      [{}, 0],
      [{ 'slow-to-be-called': 20 }, 20_000],
    ] as const) {
      const { name, station, session } = await connected(quirks);
      const now = performance.now();
      await station.call([2, 'h', 'Heartbeat', {}]);
      await handOver(name, `slow-${heldMs}`);
      if (heldMs > 0) {
        session.tick(now + heldMs - 1_000, 0);
        expect([session.outboundCalls.hasOutstanding, station.frames]).toEqual([false, []]);
        session.tick(performance.now() + heldMs, 0);
      }
      expect(await station.nextFrame()).toMatchObject([2, `slow-${heldMs}`, 'Reset', {}]);
    }
  });

  it('never holds a command off for longer than it may wait', async () => {
    const { name, station, session } = await connected({ 'slow-to-be-called': 1_000_000 });
    const now = performance.now();
    await handOver(name, 'long');
    session.tick(now + CALL_HOLD_OFF_MS.most, 0);
    expect(await station.nextFrame()).toMatchObject([2, 'long', 'Reset', {}]);
  });
});

describe('quirk pause-between-calls', () => {
  it('waits between an answer and the next call', async () => {
    for (const [quirks, least] of [
      [{}, 0],
      [{ 'pause-between-calls': 300 }, 290],
    ] as const) {
      const { name, station } = await connected(quirks);
      await station.call([2, 'h', 'Heartbeat', {}]);
      for (const id of ['first', 'second']) await fixture.sendCommand(name, `${name} ${id}`);
      expect(await station.nextFrame()).toMatchObject([2, `${name} first`, 'Reset', {}]);
      const at = performance.now();
      station.send([3, `${name} first`, { status: 'Accepted' }]);
      expect(await station.nextFrame()).toMatchObject([2, `${name} second`, 'Reset', {}]);
      expect(performance.now() - at).toBeGreaterThanOrEqual(least);
    }
    expect(applied('pause-between-calls')).toBe(1);
  });
});

describe('quirk asked-for-status-after-boot', () => {
  it('asks by way of the router, once, where no status came in its time', async () => {
    const asked: string[] = [];
    await fixture.bus.follow({
      name: 'router',
      topic: COMMANDS,
      handle: ({ value }) => {
        const { station, action, payload, requestedBy } = JSON.parse(value.toString()) as CommandRequest;
        fixture.record(() => asked.push(JSON.stringify([station, action, payload, requestedBy])));
      },
    });
    const booted = async (quirks: QuirkSettings, reports: boolean) => {
      const { name, station, session } = await connected(quirks);
      station.send([2, 'b', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }]);
      await fixture.until(() => fixture.received.some(({ meta }) => meta.action === 'BootNotification'));
      const boot = fixture.received.splice(0).find(({ meta }) => meta.action === 'BootNotification');
      await boot?.answer([3, 'b', { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 }], 'accepted');
      await station.nextFrame();
      if (reports) {
        station.send([2, 's', 'StatusNotification', { connectorId: 0, errorCode: 'NoError', status: 'Available' }]);
        await station.nextFrame();
      }
      for (const after of [5_000, 11_000, 12_000]) session.tick(performance.now() + after, performance.now());
      return name;
    };
    await booted({}, false);
    await booted({ 'asked-for-status-after-boot': 10 }, true);
    const name = await booted({ 'asked-for-status-after-boot': 10 }, false);
    await fixture.until(() => asked.length > 0);
    expect(asked).toEqual([JSON.stringify([name, 'TriggerMessage', { requestedMessage: 'StatusNotification' }, 'gateway'])]);
    expect(applied('asked-for-status-after-boot')).toBe(1);
  });
});

describe('what is switched', () => {
  it('travels with the messages of the station, from its profile, from the answer to its boot, and from an operator', async () => {
    const headers: (string | undefined)[] = [];
    await fixture.bus.follow({
      name: 'headers',
      topic: LANES.transaction,
      handle: (record) => fixture.record(() => headers.push(record.headers[QUIRKS_HEADER]?.toString())),
    });
    const values = { connectorId: 1, meterValue: [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '1' }] }] };
    const { name, station, session } = await connected({ 'energy-in-kwh': true });
    const header = async () => {
      await station.call([2, `m${headers.length}`, 'MeterValues', values]);
      return headers.at(-1);
    };
    expect(await header()).toBe('{"energy-in-kwh":true}');
    session.sendReply({ id: 'none', frame: '', registration: 'accepted', quirks: { 'totals-are-wrong': true }, trace: undefined });
    expect(await header()).toBe('{"totals-are-wrong":true}');
    const owner = session.connection.owner;
    if (owner === null) throw new Error('no owner');
    const push = (epoch: number, quirks: QuirkSettings) =>
      publishDownlink(fixture.bus, { ref: ref(name), bucket: owner.bucket }, { kind: 'quirks', inst: owner.inst, epoch, quirks });
    await push(owner.epoch - 1, { 'no-pings': true }); // meant for an older connection
    await push(owner.epoch, {});
    await fixture.sendCommand(name, 'behind');
    await station.nextFrame();
    expect(await header()).toBeUndefined();
  });

  it('takes milliseconds out of what the gateway itself answers', async () => {
    const { station } = await connected({ 'times-without-milliseconds': true });
    expect(JSON.stringify(await station.call([2, 'h', 'Heartbeat', {}]))).toMatch(/T\d\d:\d\d:\d\dZ"/);
    const other = await connected({});
    expect(JSON.stringify(await other.station.call([2, 'h', 'Heartbeat', {}]))).toMatch(/\.\d{3}Z"/);
  });
});
