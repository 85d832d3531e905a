import { MAX_WAITING_FRAMES, MESSAGE_RATE } from '../limits';
import { Inbox } from './inbox';
import { GatewayFixture } from '../testing/gateway-fixture';

describe('what a station says', () => {
  let fixture: GatewayFixture;
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
  });
  afterEach(() => fixture.stop());

  it('faster than we look at it, one message at a time (a queue kept offline), is slowed down and never cut', async () => {
    const station = await fixture.connect('CS-1');
    const messages = MESSAGE_RATE.burst + 150;
    for (let at = 0; at < messages; at++) {
      const status = { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: '2026-01-01T00:00:00Z' };
      expect(await station.call([2, `m${at}`, 'StatusNotification', status])).toEqual([3, `m${at}`, {}]);
    }
    await fixture.until(() => fixture.received.length === messages);
    expect(fixture.metrics.total('gateway_frames_rejected_total', { reason: 'rate' })).toBe(0);
  });

  it('without waiting for answers, a flood, ends with 1008', async () => {
    const station = await fixture.connect('CS-1');
    for (let at = 0; at < 2 * MESSAGE_RATE.burst; at++) station.send([2, `m${at}`, 'Heartbeat', {}]);
    expect([1006, 1008]).toContain(await station.closed); // 1006: cut while the station was still sending
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'policy' })).toBe(1);
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

  it('keeps what comes before the connection has its epoch, in order, so many and no more', () => {
    const { box, events } = inbox();
    for (let at = 0; at <= MAX_WAITING_FRAMES; at++) box.takeFrame(Buffer.from(String(at)), false);
    expect(events).toEqual(['flooding']);
    box.open();
    expect(events.slice(1)).toEqual(Array.from({ length: MAX_WAITING_FRAMES }, (_, at) => String(at)));
  });

  it('keeps no more than two of the largest messages', () => {
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

  it('lets nothing overtake what waits: a short message stays behind the long one that came before it', () => {
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
