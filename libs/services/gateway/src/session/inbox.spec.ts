import { MAX_WAITING_FRAMES, MESSAGE_RATE } from '../limits';
import { Inbox } from './inbox';
import { GatewayFixture } from '../testing/gateway-fixture';

describe('the messages of a station', () => {
  let fixture: GatewayFixture;
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
  });
  afterEach(() => fixture.stop());

  it('are slowed down and never lost when they come one at a time above the rate (a queue kept offline)', async () => {
    const station = await fixture.connect('CS-1');
    const messages = MESSAGE_RATE.burst + 150;
    for (let at = 0; at < messages; at++) {
      const status = { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: '2026-01-01T00:00:00Z' };
      expect(await station.call([2, `m${at}`, 'StatusNotification', status])).toEqual([3, `m${at}`, {}]);
    }
    await fixture.until(() => fixture.received.length === messages);
    expect(fixture.metrics.total('gateway_frames_rejected_total', { reason: 'rate' })).toBe(0);
  });

  it('end the connection with 1008 when they flood it without waiting for answers', async () => {
    const station = await fixture.connect('CS-1');
    for (let at = 0; at < 2 * MESSAGE_RATE.burst; at++) station.send([2, `m${at}`, 'Heartbeat', {}]);
    expect([1006, 1008]).toContain(await station.closed); // 1006: cut while the station was still sending
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'policy' })).toBe(1);
  });

  it('end the connection with 1008 when they are too many pings', async () => {
    const station = await fixture.connect('CS-1');
    for (let ping = 0; ping < 600; ping++) station.socket.ping();
    expect([1006, 1008]).toContain(await station.closed); // 1006: cut while the station was still sending
    expect(fixture.metrics.total('gateway_frames_rejected_total', { reason: 'rate' })).toBe(1);
  });
});

describe('an inbox', () => {
  function inbox() {
    const events: string[] = [];
    const box = new Inbox({
      reader: { readFrame: (bytes) => void events.push(bytes.length > 99 ? `${bytes.length} bytes` : bytes.toString()) },
      connection: { open: true, close: (reason) => void events.push(reason) },
      telemetry: { frameSlowed: () => void events.push('slowed'), frameRejected: () => undefined },
    });
    return { box, events };
  }
  afterEach(() => jest.useRealTimers());

  it('holds the frames that come before the connection has its epoch, in order, up to its limit', () => {
    const { box, events } = inbox();
    for (let at = 0; at <= MAX_WAITING_FRAMES; at++) box.takeFrame(Buffer.from(String(at)), false);
    expect(events).toEqual(['flooding']);
    box.open();
    expect(events.slice(1)).toEqual(Array.from({ length: MAX_WAITING_FRAMES }, (_, at) => String(at)));
  });

  it('holds no more than two of the largest messages', () => {
    const { box, events } = inbox();
    const largest = Buffer.alloc(1024 * 1024);
    for (let at = 0; at < 3; at++) box.takeFrame(largest, false);
    expect(events).toEqual(['flooding']);
  });

  it('counts a long message for as many as it costs: 1 MiB for 65', () => {
    jest.useFakeTimers();
    const { box, events } = inbox();
    box.open();
    const largest = Buffer.alloc(1024 * 1024);
    for (let at = 0; at < Math.floor(MESSAGE_RATE.burst / 65); at++) box.takeFrame(largest, false);
    expect(events).not.toContain('slowed');
    box.takeFrame(largest, false);
    expect(events.at(-1)).toBe('slowed');
    jest.advanceTimersByTime(1_000);
    expect(events.at(-1)).toBe('1048576 bytes');
  });

  it('keeps the order: a short message waits behind the long one before it', () => {
    jest.useFakeTimers();
    const { box, events } = inbox();
    box.open();
    const largest = Buffer.alloc(1024 * 1024);
    for (let at = 0; at <= Math.floor(MESSAGE_RATE.burst / 65); at++) box.takeFrame(largest, false);
    box.takeFrame(Buffer.from('short'), false);
    expect(events.at(-1)).toBe('slowed');
    jest.advanceTimersByTime(1_000);
    expect(events.filter((one) => one !== 'slowed').slice(-2)).toEqual(['1048576 bytes', 'short']);
  });

  it('reads nothing more once it has ended', () => {
    jest.useFakeTimers();
    const { box, events } = inbox();
    box.open();
    for (let at = 0; at < MESSAGE_RATE.burst + 2; at++) box.takeFrame(Buffer.from(`m${at}`), false);
    jest.advanceTimersByTime(10);
    expect(events.filter((one) => one.startsWith('m')).at(-1)).toBe(`m${MESSAGE_RATE.burst}`);
    box.end();
    jest.advanceTimersByTime(10_000);
    expect(events).not.toContain(`m${MESSAGE_RATE.burst + 1}`);
  });
});
