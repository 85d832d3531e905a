import { SealedSecrets } from '@voltbus/contracts';
import { CALL_HOLD_OFF_MS } from '../limits';
import { GatewayFixture, PEPPER } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

describe('a command', () => {
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
  });

  it("is sent, and ends with the station's answer beside its own request", async () => {
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

  it('is sent once, though it comes down twice', async () => {
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'c1');
    await fixture.sendCommand('CS-1', 'c1');
    await station.nextFrame();
    expect(await station.call([2, 'h', 'Heartbeat', {}])).toMatchObject([3, 'h', {}]);
    expect(fixture.metrics.total('gateway_downlink_dropped_total', { reason: 'seen' })).toBe(1);
  });

  it('ends unknown without an answer; after two in a row the station is told to reconnect', async () => {
    const station = await fixture.connectReady('CS-1');
    await fixture.sendCommand('CS-1', 'c1', { timeoutMs: 20 });
    await fixture.sendCommand('CS-1', 'c2', { timeoutMs: 20 });
    expect(await station.closed).toBe(1002);
    await fixture.until(() => fixture.results.length === 4);
    expect(fixture.outcomes()).toEqual(['c1 sent', 'c1 unknown', 'c2 sent', 'c2 unknown']);
  });

  it('waits four seconds for a station that is silent after it connected, because it may be about to boot (quirk 6)', async () => {
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

  it('ends busy when fifty wait already', async () => {
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

  it('ends not-connected without a connection here, and stale-epoch for one of another epoch', async () => {
    await fixture.sendCommand('CS-1', 'nobody');
    await fixture.connectReady('CS-1');
    await fixture.until(() => fixture.outcomes().includes('nobody not-connected'));
    await fixture.sendCommand('CS-1', 'old', { epoch: 1 });
    await fixture.until(() => fixture.outcomes().includes('old stale-epoch'));
  });

  it('ends as an error when its answer breaks the schema, and a station of 2.1 gets a CALLRESULTERROR', async () => {
    const station = await fixture.connectReady('CS-1', { protocol: 'ocpp2.1' });
    await fixture.sendCommand('CS-1', 'c1', { payload: { type: 'Immediate' } });
    await station.nextFrame();
    expect(await station.call([3, 'c1', { status: 42 }])).toMatchObject([5, 'c1', expect.any(String), expect.any(String), {}]);
    await fixture.until(() => fixture.outcomes().includes('c1 error'));
  });
});

describe('a command with a secret that is sealed for its station', () => {
  const PASSWORD_OF_STATION = 'n3wPassw0rdOfTheStation0000000000';
  const key = (value: string) => ({ action: 'ChangeConfiguration', payload: { key: 'AuthorizationKey', value } });
  beforeEach(async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
  });

  it('A01.FR.09: reaches the station in clear, and the results have it nowhere, whatever the station repeats', async () => {
    const station = await fixture.connectReady('CS-1');
    const sealed = new SealedSecrets(PEPPER).seal({ tenant: 'default', station: 'CS-1' }, PASSWORD_OF_STATION);
    await fixture.sendCommand('CS-1', 'c1', key(sealed));
    expect(await station.nextFrame()).toEqual([2, 'c1', 'ChangeConfiguration', key(PASSWORD_OF_STATION).payload]);
    station.send([4, 'c1', 'PropertyConstraintViolation', `${PASSWORD_OF_STATION} is too long`, { value: PASSWORD_OF_STATION }]);
    await fixture.until(() => fixture.outcomes().includes('c1 error'));
    expect(JSON.stringify(fixture.results)).not.toContain(PASSWORD_OF_STATION);
    expect(fixture.results.at(-1)).toMatchObject({ request: { key: 'AuthorizationKey' }, outcome: { kind: 'error' } });
  });

  it('is not sent where the secret was sealed for another station, and ends as never sent', async () => {
    const station = await fixture.connectReady('CS-1');
    const sealed = new SealedSecrets(PEPPER).seal({ tenant: 'default', station: 'CS-2' }, PASSWORD_OF_STATION);
    await fixture.sendCommand('CS-1', 'c1', key(sealed));
    await fixture.until(() => fixture.outcomes().includes('c1 error'));
    expect(fixture.results).toMatchObject([{ commandId: 'c1', sentAt: null, outcome: { kind: 'error', code: 'InternalError' } }]);
    await fixture.sendCommand('CS-1', 'c2');
    expect(await station.nextFrame()).toMatchObject([2, 'c2', 'Reset', {}]);
  });
});
