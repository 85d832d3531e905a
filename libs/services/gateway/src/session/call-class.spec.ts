import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

const meterValues = { connectorId: 1, meterValue: [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '1' }] }] };

describe("a station's call", () => {
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    await fixture.addStation('new', { registration: 'unknown' });
  });

  it('edge: a Heartbeat is answered from the local clock and not published', async () => {
    const station = await fixture.connect('CS-1');
    expect(await station.call([2, 7, 'Heartbeat', {}])).toEqual([3, 7, { currentTime: expect.stringMatching(/^\d{4}-.*Z$/) }]);
    expect(fixture.received).toEqual([]);
  });

  it('durable: is published before it is answered, as raw bytes with one packed header', async () => {
    const station = await fixture.connect('CS-1');
    expect(await station.call([2, 'm', 'MeterValues', meterValues])).toEqual([3, 'm', {}]);
    await fixture.until(() => fixture.received.length > 0);
    expect(fixture.received).toHaveLength(1);
    expect(fixture.received[0]).toMatchObject({
      frame: [2, 'm', 'MeterValues', meterValues],
      meta: { ack: 'durable', checked: 'strict', registration: 'accepted', protocol: 'ocpp1.6' },
    });
  });

  it('durable: one that even the tolerant check refuses is answered with the error and not published', async () => {
    const station = await fixture.connect('CS-1');
    expect(await station.call([2, 's', 'StatusNotification', {}])).toMatchObject([
      4,
      's',
      'OccurenceConstraintViolation',
      expect.stringContaining('/'),
      {},
    ]);
    expect(fixture.received).toEqual([]);
  });

  it('service: is answered with the frame of the owning service', async () => {
    const station = await fixture.connect('CS-1');
    station.send([2, 'a', 'Authorize', { idTag: 'T' }]);
    await fixture.until(() => fixture.received.length === 1);
    await fixture.received[0]?.answer([3, 'a', { idTagInfo: { status: 'Accepted' } }]);
    expect(await station.nextFrame()).toEqual([3, 'a', { idTagInfo: { status: 'Accepted' } }]);
  });

  it('is of class service until the station is accepted, by the answer to its boot', async () => {
    const station = await fixture.connect('new');
    station.send([2, 'b', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }]);
    station.send([2, 'h', 'Heartbeat', {}]);
    await fixture.until(() => fixture.received.length === 2);
    expect(fixture.received.map(({ meta }) => [meta.action, meta.ack, meta.registration])).toEqual([
      ['BootNotification', 'service', 'unknown'],
      ['Heartbeat', 'service', 'unknown'],
    ]);
    await fixture.received[0]?.answer([3, 'b', { status: 'Accepted' }], 'accepted');
    await station.nextFrame();
    expect(await station.call([2, 'h2', 'Heartbeat', {}])).toMatchObject([3, 'h2', {}]);
    expect(fixture.received).toHaveLength(2);
  });

  it('is answered once, however often its message id is repeated meanwhile', async () => {
    const station = await fixture.connect('CS-1');
    for (let time = 0; time < 3; time++) station.send([2, 'a', 'Authorize', { idTag: 'T' }]);
    await station.call([2, 'h', 'Heartbeat', {}]);
    await fixture.until(() => fixture.received.length > 0);
    expect(fixture.received).toHaveLength(1);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'repeated-id' })).toBe(2);
  });

  it('closes the socket with 1008 when eight others wait already', async () => {
    const station = await fixture.connect('CS-1');
    for (let call = 0; call < 9; call++) station.send([2, `a${call}`, 'Authorize', { idTag: 'T' }]);
    expect(await station.closed).toBe(1008);
    await fixture.until(() => fixture.received.length >= 8);
    expect(fixture.received).toHaveLength(8);
  });

  it.each([
    ['an action nobody knows', 'MakeCoffee'],
    ['an action that is ours to call', 'Reset'],
  ])('with %s is NotImplemented', async (_name, action) => {
    const station = await fixture.connect('CS-1');
    expect(await station.call([2, 'x', action, {}])).toMatchObject([4, 'x', 'NotImplemented', '', {}]);
  });

  it('is not answered by a reply of another epoch', async () => {
    const station = await fixture.connect('CS-1');
    station.send([2, 'a', 'Authorize', { idTag: 'T' }]);
    await fixture.until(() => fixture.received.length === 1);
    const young = await fixture.connect('CS-1');
    await fixture.received[0]?.answer([3, 'a', {}]);
    expect(await young.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    expect(fixture.metrics.total('gateway_downlink_dropped_total', { reason: 'stale-epoch' })).toBe(1);
    expect(await station.closed).toBe(1000);
  });
});
