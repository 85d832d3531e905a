import { Liveness } from './liveness';
import { GatewayFixture } from '../testing/gateway-fixture';

const heartbeat = [2, 'h', 'Heartbeat', {}];

describe('liveness', () => {
  const PING_MS = 40_000;
  const HEARTBEAT_MS = 300_000;
  /** Of a station that is known to answer pings. */
  const aLiveness = (): Liveness => {
    const liveness = new Liveness({ pingMs: PING_MS, heartbeatMs: HEARTBEAT_MS }, 0);
    liveness.takePong(0);
    return liveness;
  };

  it('pings a silent station once, at the interval or a little before, and gives it up after two and a half', () => {
    const liveness = aLiveness();
    expect(liveness.check(0.79 * PING_MS, 0)).toBe('nothing');
    expect(liveness.check(PING_MS + 1, 0)).toBe('ping');
    expect(liveness.check(2 * PING_MS, 0)).toBe('nothing');
    expect(liveness.check(2.5 * PING_MS, 0)).toBe('nothing');
    expect(liveness.check(2.5 * PING_MS + 1, 0)).toBe('gone');
  });

  it('takes any frame for a sign of life: some stations never send a pong (quirk 21)', () => {
    const liveness = aLiveness();
    liveness.check(PING_MS + 1, 0);
    liveness.onFrame(2 * PING_MS);
    expect(liveness.check(2.5 * PING_MS + 1, 0)).toBe('nothing');
    expect(liveness.check(3 * PING_MS + 1, 0)).toBe('ping');
  });

  it('tests early whether a station answers pings; one that does not is given up by its heartbeats (quirk 21)', () => {
    const mute = new Liveness({ pingMs: PING_MS, heartbeatMs: HEARTBEAT_MS }, 0);
    mute.onFrame(9_900);
    expect(mute.check(10_001, 0)).toBe('ping');
    expect(mute.check(11_000, 0)).toBe('nothing');
    expect(mute.check(2.5 * HEARTBEAT_MS + 9_900, 0)).toBe('ping'); // it may have begun to answer
    expect(mute.check(2.5 * HEARTBEAT_MS + 9_901, 0)).toBe('gone');
    mute.takePong(2.5 * HEARTBEAT_MS + 9_902);
    expect(mute.check(2.5 * HEARTBEAT_MS + 9_902 + 2.5 * PING_MS + 1, 0)).toBe('gone');
  });

  it('does not count the time in which this process did not run', () => {
    const liveness = aLiveness();
    expect(liveness.check(10 * PING_MS, 10 * PING_MS)).toBe('nothing');
    expect(liveness.check(12.5 * PING_MS + 1, 10 * PING_MS)).toBe('gone');
  });

  it('spreads the pings of stations that connected together', () => {
    const stations = Array.from({ length: 200 }, () => aLiveness());
    const early = stations.filter((liveness) => liveness.check(0.9 * PING_MS, 0) === 'ping').length;
    expect(early).toBeGreaterThan(50);
    expect(early).toBeLessThan(150);
  });
});

describe('a connection', () => {
  let fixture: GatewayFixture;
  afterEach(async () => {
    jest.restoreAllMocks();
    await fixture.stop();
  });

  it('quirk 20: is pinged when it is silent, kept when it pongs though somebody sets the clock, and cut when it does not', async () => {
    fixture = await GatewayFixture.start({ PING_SECONDS: 0.9, HEARTBEAT_SECONDS: 0.9 });
    for (const name of ['well', 'dead']) await fixture.addStation(name);
    const well = await fixture.connect('well');
    const dead = await fixture.connect('dead');
    await well.call(heartbeat);
    Object.assign(dead.socket, { pong: () => undefined, _autoPong: false });
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 86_400_000);
    expect(await dead.closed).toBe(1006);
    expect(await well.call(heartbeat)).toMatchObject([3, 'h', {}]);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'idle' })).toBe(1);
  });

  it('survives a pause of the process, unless another gateway holds the station by then (P2)', async () => {
    fixture = await GatewayFixture.start({ PING_SECONDS: 40, HEARTBEAT_SECONDS: 60 }); // silent for longer than either gives
    for (const name of ['ours', 'theirs']) await fixture.addStation(name);
    const ours = await fixture.connect('ours');
    const theirs = await fixture.connect('theirs');
    await ours.call(heartbeat);
    await theirs.call(heartbeat);
    await fixture.connections.acquire(
      { tenant: 'default', station: 'theirs' },
      { inst: 'elsewhere', bucket: 1, protocol: 'ocpp1.6', lastSeenAt: 0 },
    );
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 500_000); // less than the registry keeps what is not asserted again
    expect(await theirs.closed).toBe(1000);
    expect(await ours.call(heartbeat)).toMatchObject([3, 'h', {}]);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'process-paused' })).toBe(1);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'replaced' })).toBe(1);
  });
});
