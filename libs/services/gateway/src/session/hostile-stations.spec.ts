import { CONNECTIONS } from '@voltbus/contracts';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await GatewayFixture.start();
  await fixture.addStation('CS-1');
});
afterEach(() => fixture.stop());

const heartbeat = [2, 'h', 'Heartbeat', {}];
const stream = { id: 1, pending: 0, basetime: '2026-01-01T00:00:00Z', data: [{ t: 0, v: '1' }] };

describe('a hostile station', () => {
  it('cannot choose a metric label', async () => {
    const station = await fixture.connect('CS-1');
    await station.call([2, 'x', 'MakeCoffee', {}]);
    expect(fixture.metrics.total('ocpp_calls_total', { action: 'MakeCoffee' })).toBe(0);
    expect(fixture.metrics.total('ocpp_calls_total', { action: 'unknown', result: 'callerror' })).toBe(1);
  });

  it('cannot put NUL into the reason of its disconnection, nor a code of its own into the metrics', async () => {
    const events: { type: string; reason: string }[] = [];
    await fixture.bus.follow({
      name: 'connections',
      topic: CONNECTIONS,
      handle: ({ headers, value }) => {
        const { reason } = JSON.parse(value.toString()) as { reason: string };
        fixture.record(() => events.push({ type: headers['ce_type']?.toString() ?? '', reason }));
      },
    });
    const station = await fixture.connect('CS-1');
    await station.call(heartbeat);
    station.socket.close(4321, 'a\0b');
    await fixture.until(() => events.length === 2);
    expect(events).toEqual([
      { type: 'voltbus.station.connected', reason: 'connected' },
      { type: 'voltbus.station.disconnected', reason: 'a b' },
    ]);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'client' })).toBe(1);
  });

  it.each([
    ['a CALL dressed as a SEND', [6, 's', 'MeterValues', { evseId: 1, meterValue: [] }]],
    ['a SEND of an action nobody knows', [6, 's', 'MakeCoffee', {}]],
  ])('gets nothing published for %s', async (_name, frame) => {
    const station = await fixture.connect('CS-1', { protocol: 'ocpp2.1' });
    station.send(frame);
    expect(await station.call(heartbeat)).toMatchObject([3, 'h', {}]);
    expect(fixture.received).toEqual([]);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'dropped-send' })).toBe(1);
  });

  it('N15.FR.02 gets no answer to a SEND, which is published, and a refusal to one that comes as a CALL', async () => {
    const station = await fixture.connect('CS-1', { protocol: 'ocpp2.1' });
    station.send([6, 's', 'NotifyPeriodicEventStream', stream]);
    expect(await station.call(heartbeat)).toMatchObject([3, 'h', {}]);
    await fixture.until(() => fixture.received.length === 1);
    expect(fixture.received[0]?.meta).toMatchObject({ ack: 'none', action: 'NotifyPeriodicEventStream' });
    expect(await station.call([2, 'c', 'NotifyPeriodicEventStream', stream])).toMatchObject([
      4,
      'c',
      'MessageTypeNotSupported',
      expect.any(String),
      {},
    ]);
  });

  it('gets its SENDs dropped while it is not accepted', async () => {
    await fixture.addStation('new', { registration: 'pending' });
    const station = await fixture.connect('new', { protocol: 'ocpp2.1' });
    station.send([6, 's', 'NotifyPeriodicEventStream', stream]);
    station.send([2, 'a', 'DataTransfer', { vendorId: 'v' }]);
    await fixture.until(() => fixture.received.length > 0);
    expect(fixture.received.map(({ meta }) => meta.action)).toEqual(['DataTransfer']);
  });

  it('does not end a command by refusing an answer of ours (CALLRESULTERROR)', async () => {
    const station = await fixture.connectReady('CS-1', { protocol: 'ocpp2.1' });
    await fixture.sendCommand('CS-1', 'c1', { payload: { type: 'Immediate' } });
    await station.nextFrame();
    station.send([5, 'c1', 'GenericError', '', {}]);
    station.send([3, 'c1', { status: 'Accepted' }]);
    await fixture.until(() => fixture.results.length === 2);
    expect(fixture.outcomes()).toEqual(['c1 sent', 'c1 answered']);
  });

  it('gets a CALLRESULTERROR on 2.1 for an answer that is no JSON, and ten of them are ten strikes', async () => {
    const station = await fixture.connectReady('CS-1', { protocol: 'ocpp2.1' });
    await fixture.sendCommand('CS-1', 'c1', { payload: { type: 'Immediate' } });
    await station.nextFrame();
    expect(await station.call('[3,"c1",{"status":]')).toMatchObject([5, 'c1', 'FormatViolation', expect.any(String), {}]);
    await fixture.until(() => fixture.outcomes().includes('c1 error'));
    for (let strike = 1; strike < 10; strike++) station.send('[3,"c1",{"status":]');
    expect(await station.closed).toBe(1002);
  });
});

describe('a station above security profile 1', () => {
  it('A05.FR.07 is refused without TLS, as is a blocked one', async () => {
    await fixture.addStation('tls', { securityProfile: 2 });
    await fixture.addStation('blocked', { blocked: true });
    await fixture.addStation('blocked-0', { blocked: true, securityProfile: 0 });
    for (const station of ['tls', 'blocked', 'blocked-0']) await expect(fixture.connect(station)).rejects.toThrow('401');
  });
});
