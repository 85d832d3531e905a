import { hashStationKey } from '@voltbus/contracts';
import { CALL_HOLD_OFF_MS } from '../limits';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

const meterValues = { connectorId: 1, meterValue: [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '1' }] }] };

describe('an upgrade', () => {
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    await fixture.addStation('unknown', { known: false, keyHashes: [] });
  });

  it("is accepted with the station's password, under the first version of its list that is spoken here", async () => {
    const { socket } = await fixture.connect('CS-1', { protocol: 'ocpp9,ocpp2.0.1,ocpp1.6' });
    expect(socket.protocol).toBe('ocpp2.0.1');
  });

  it.each([
    ['a wrong password', 'CS-1', { password: 'something else entirely' }, '401'],
    ['an unknown station', 'unknown', {}, '401'],
    ["another station's user name", 'CS-1', { path: '/ocpp/unknown' }, '401'],
    ['no common version (TC_088_CSMS)', 'CS-1', { protocol: 'ocpp0.1' }, '400'],
    ['no version at all', 'CS-1', { protocol: '' }, '400'],
    ["a path that is no station's", 'CS-1', { path: '/elsewhere/CS-1' }, '404'],
  ])('is refused for %s', async (_name, station, options, status) => {
    await expect(fixture.connect(station, options)).rejects.toThrow(status);
  });

  it('asks for no password of a station with security profile 0, and answers 404 to one it does not know', async () => {
    await fixture.addStation('free', { securityProfile: 0, keyHashes: [] });
    await fixture.addStation('nobody', { securityProfile: 0, known: false });
    await fixture.addStation('newcomer', { securityProfile: 0, known: false, unknownStations: 'register' });
    await fixture.connect('free', { password: '' });
    await fixture.connect('newcomer', { password: '' });
    await expect(fixture.connect('nobody')).rejects.toThrow('404');
  });

  it('takes a 1.6 key as its hexadecimal text in the other case too (quirk 10)', async () => {
    const key = 'ab'.repeat(16);
    await fixture.addStation('hex', {
      keyHashes: [hashStationKey('p'.repeat(32), { tenant: 'default', station: 'hex' }, Buffer.from(key))],
    });
    await fixture.connect('hex', { password: key.toUpperCase() });
    await expect(fixture.connect('hex', { password: 'cd'.repeat(16) })).rejects.toThrow('401');
  });
});

describe("a station's call", () => {
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    await fixture.addStation('new', { registration: 'unknown' });
  });

  it('edge: a Heartbeat is answered from the local clock, and nobody else hears of it', async () => {
    const station = await fixture.connect('CS-1');
    expect(await station.call([2, 7, 'Heartbeat', {}])).toEqual([3, 7, { currentTime: expect.stringMatching(/^\d{4}-.*Z$/) }]);
    expect(fixture.received).toEqual([]);
  });

  it('durable: is published before it is answered, the raw bytes with one packed header', async () => {
    const station = await fixture.connect('CS-1');
    expect(await station.call([2, 'm', 'MeterValues', meterValues])).toEqual([3, 'm', {}]);
    await fixture.until(() => fixture.received.length > 0);
    expect(fixture.received).toHaveLength(1);
    expect(fixture.received[0]).toMatchObject({
      frame: [2, 'm', 'MeterValues', meterValues],
      meta: { ack: 'durable', checked: 'strict', registration: 'accepted', protocol: 'ocpp1.6' },
    });
  });

  it('durable: one that even the tolerant check refuses is told what is wrong, and not published', async () => {
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

  it('service: waits for the owning service, whose answer is the frame it gets', async () => {
    const station = await fixture.connect('CS-1');
    station.send([2, 'a', 'Authorize', { idTag: 'T' }]);
    await fixture.until(() => fixture.received.length === 1);
    await fixture.received[0]?.answer([3, 'a', { idTagInfo: { status: 'Accepted' } }]);
    expect(await station.nextFrame()).toEqual([3, 'a', { idTagInfo: { status: 'Accepted' } }]);
  });

  it("is all service until the station is accepted, and the registration comes with the boot's answer", async () => {
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

  it('is answered once, however often its message id comes while it is open', async () => {
    const station = await fixture.connect('CS-1');
    for (let time = 0; time < 3; time++) station.send([2, 'a', 'Authorize', { idTag: 'T' }]);
    await station.call([2, 'h', 'Heartbeat', {}]);
    await fixture.until(() => fixture.received.length > 0);
    expect(fixture.received).toHaveLength(1);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'repeated-id' })).toBe(2);
  });

  it('number nine of those that wait at once closes the socket with 1008', async () => {
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

  it("a reply of another epoch is nobody's", async () => {
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

describe('a frame that cannot be used', () => {
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
  });

  it('is dropped on 1.6, which has no word for it', async () => {
    const station = await fixture.connect('CS-1');
    station.send('not json');
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
  });

  it('is an RpcFrameworkError for id -1 on 2.x', async () => {
    const station = await fixture.connect('CS-1', { protocol: 'ocpp2.0.1' });
    expect(await station.call('not json')).toMatchObject([4, '-1', 'RpcFrameworkError', '', {}]);
  });

  it('closes the socket with 1002 when ten of them come in a row, binary ones too', async () => {
    const station = await fixture.connect('CS-1');
    for (let strike = 0; strike < 5; strike++) station.send('garbage');
    for (let strike = 0; strike < 5; strike++) station.socket.send(Buffer.from([1, 2, 3]));
    expect(await station.closed).toBe(1002);
  });

  it('counts anew after one that can be used', async () => {
    const station = await fixture.connect('CS-1');
    for (let round = 0; round < 3; round++) {
      for (let strike = 0; strike < 9; strike++) station.send('garbage');
      expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    }
  });

  it('an answer to nothing is ignored and counted', async () => {
    const station = await fixture.connect('CS-1');
    station.send([3, 'never-asked', {}]);
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    expect(fixture.metrics.total('gateway_anomalies_total', { kind: 'late-answer' })).toBe(1);
  });

  it('a flood of pings ends the connection like a flood of messages', async () => {
    const station = await fixture.connect('CS-1');
    for (let ping = 0; ping < 600; ping++) station.socket.ping();
    expect([1006, 1008]).toContain(await station.closed); // 1006: cut while the station was still sending
    expect(fixture.metrics.total('gateway_frames_rejected_total', { reason: 'rate' })).toBe(1);
  });
});

describe('a command', () => {
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
  });

  it("is sent, and settled with the station's answer and its own request", async () => {
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'c1');
    expect(await station.nextFrame()).toEqual([2, 'c1', 'Reset', { type: 'Soft' }]);
    station.send([3, 'c1', { status: 'Accepted' }]);
    await fixture.until(() => fixture.results.length === 2);
    expect(fixture.results).toMatchObject([
      { commandId: 'c1', outcome: { kind: 'sent' }, request: { type: 'Soft' } },
      { commandId: 'c1', outcome: { kind: 'answered', response: { status: 'Accepted' } }, request: { type: 'Soft' } },
    ]);
  });

  it("waits while another one is open, by priority, and the station's own calls are answered meanwhile", async () => {
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'first');
    expect(await station.nextFrame()).toMatchObject([2, 'first', 'Reset', {}]);
    await fixture.sendCommand('CS-1', 'later', { priority: 9 });
    await fixture.sendCommand('CS-1', 'urgent', { priority: 0 });
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    station.send([3, 'first', { status: 'Accepted' }]);
    expect(await station.nextFrame()).toMatchObject([2, 'urgent', 'Reset', {}]);
    station.send([4, 'urgent', 'NotSupported', 'no', {}]);
    expect(await station.nextFrame()).toMatchObject([2, 'later', 'Reset', {}]);
    await fixture.until(() => fixture.outcomes().includes('urgent error'));
  });

  it('is sent once, though it comes twice', async () => {
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'c1');
    await fixture.sendCommand('CS-1', 'c1');
    await station.nextFrame();
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    expect(fixture.metrics.total('gateway_downlink_dropped_total', { reason: 'seen' })).toBe(1);
  });

  it('is unknown when nothing comes, and after two in a row the station is told to reconnect', async () => {
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'c1', { timeoutMs: 20 });
    await fixture.sendCommand('CS-1', 'c2', { timeoutMs: 20 });
    expect(await station.closed).toBe(1002);
    await fixture.until(() => fixture.results.length === 4);
    expect(fixture.outcomes()).toEqual(['c1 sent', 'c1 unknown', 'c2 sent', 'c2 unknown']);
  });

  it('to a station that says nothing once it is connected waits for four seconds, for it may be about to boot (quirk 6)', async () => {
    const station = await fixture.connect('CS-1');
    for (const _time of ['taken', 'seen']) await fixture.sendCommand('CS-1', 'c1');
    while (fixture.metrics.total('gateway_downlink_dropped_total', { reason: 'seen' }) === 0)
      await new Promise((next) => setImmediate(next));
    const session = fixture.gateways[0]?.gateway.sessions.byStation({ tenant: 'default', station: 'CS-1' });
    const now = performance.now();
    session?.tick(now + CALL_HOLD_OFF_MS.known / 2, 0);
    expect(session?.outboundCalls.hasOutstanding).toBe(false);
    session?.tick(now + CALL_HOLD_OFF_MS.known, 0);
    expect(await station.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
  });

  it.each([
    ['pending', 'RemoteStartTransaction', { idTag: 'T' }],
    ['pending', 'RemoteStopTransaction', { transactionId: 1 }],
    ['rejected', 'Reset', { type: 'Soft' }],
  ] as const)(
    'is not sent to a %s station when it is %s (1.6 section 4.2, B02.FR.05, B03.FR.03)',
    async (registration, action, payload) => {
      await fixture.addStation('new', { registration });
      const station = await fixture.connect('new');
      station.send([2, 'h', 'Heartbeat', {}]);
      await fixture.until(() => fixture.received.length === 1);
      await fixture.sendCommand('new', 'c1', { action, payload });
      await fixture.sendCommand('new', 'c2', { action: 'TriggerMessage', payload: { requestedMessage: 'BootNotification' } });
      expect(await station.nextFrame()).toMatchObject([2, 'c2', 'TriggerMessage', {}]);
      await fixture.until(() => fixture.results.length === 2);
      expect(fixture.results[0]).toMatchObject({ commandId: 'c1', sentAt: null, outcome: { kind: 'error', code: 'not-accepted' } });
    },
  );

  it('ends unknown if it was sent when the connection ended, and not-connected if it was not', async () => {
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'sent');
    await station.nextFrame();
    await fixture.sendCommand('CS-1', 'queued');
    station.socket.terminate();
    await fixture.until(() => fixture.results.length === 3);
    expect(fixture.outcomes()).toEqual(['sent sent', 'sent unknown', 'queued not-connected']);
  });

  it('says busy when fifty wait already', async () => {
    const station = await fixture.connectReady('CS-1');
    for (let command = 0; command < 52; command++) await fixture.sendCommand('CS-1', `c${command}`);
    await station.nextFrame();
    await fixture.until(() => fixture.outcomes().includes('c51 busy'));
    expect(fixture.outcomes().filter((outcome) => outcome.endsWith('busy'))).toEqual(['c51 busy']);
  });

  it('expires when its deadline passes before it could be sent', async () => {
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'open');
    await station.nextFrame();
    await fixture.sendCommand('CS-1', 'late', { deadline: Date.now() + 30 });
    await fixture.until(() => fixture.outcomes().includes('late expired'));
  });

  it('for a station that is not here, or of another epoch, is told so', async () => {
    await fixture.sendCommand('CS-1', 'nobody');
    await fixture.connectReady('CS-1');
    await fixture.until(() => fixture.outcomes().includes('nobody not-connected'));
    await fixture.sendCommand('CS-1', 'old', { epoch: 1 });
    await fixture.until(() => fixture.outcomes().includes('old stale-epoch'));
  });

  it('whose answer breaks the schema is an error, and 2.1 is told so (CALLRESULTERROR)', async () => {
    const station = await fixture.connectReady('CS-1', { protocol: 'ocpp2.1' });
    await fixture.sendCommand('CS-1', 'c1', { payload: { type: 'Immediate' } });
    await station.nextFrame();
    expect(await station.call([3, 'c1', { status: 42 }])).toMatchObject([5, 'c1', expect.any(String), expect.any(String), {}]);
    await fixture.until(() => fixture.outcomes().includes('c1 error'));
  });
});

describe('ownership', () => {
  it("the newest connection wins, also at another gateway, and the old one's end changes nothing", async () => {
    fixture = await GatewayFixture.start({}, 2);
    await fixture.addStation('CS-1');
    const old = await fixture.connect('CS-1', { gateway: 0 });
    await old.call([2, 'h', 'Heartbeat', {}]);
    const young = await fixture.connectReady('CS-1', { gateway: 1 });
    expect(await old.closed).toBe(1000);
    await fixture.sendCommand('CS-1', 'c1');
    expect(await young.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
    expect((await fixture.connections.find({ tenant: 'default', station: 'CS-1' }))?.inst).toBe(fixture.gateways[1]?.gateway.inst);
  });

  it('is given back at the end of the connection', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1');
    await station.call([2, 'h', 'Heartbeat', {}]);
    station.socket.close();
    await station.closed;
    while ((await fixture.connections.find({ tenant: 'default', station: 'CS-1' })) !== null)
      await new Promise((next) => setImmediate(next));
  });

  it('survives a registry that forgets everything: no socket closes, and an assert restores it', async () => {
    fixture = await GatewayFixture.start({ ASSERT_SECONDS: 0.05 });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1');
    await station.call([2, 'h', 'Heartbeat', {}]);
    fixture.connections.flush();
    while ((await fixture.connections.find({ tenant: 'default', station: 'CS-1' })) === null)
      await new Promise((next) => setTimeout(next, 5));
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
  });

  it('goes on without the registry: known stations connect, are served, and are registered when it is back', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    (await fixture.connect('CS-1')).socket.close(); // seen lately
    fixture.connections.setAvailable(false);
    const station = await fixture.connect('CS-1');
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    fixture.connections.setAvailable(true);
    const ref = { tenant: 'default', station: 'CS-1' };
    const epoch = fixture.gateways[0]?.gateway.sessions.byStation(ref)?.connection.owner?.epoch;
    while ((await fixture.connections.find(ref))?.epoch !== epoch) await new Promise((next) => setImmediate(next));
    await fixture.sendCommand('CS-1', 'c1');
    expect(await station.nextFrame()).toMatchObject([2, 'c1', 'Reset', {}]);
  });
});
