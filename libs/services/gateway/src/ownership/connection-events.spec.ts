import { BusUnavailable } from '@voltbus/bus';
import { CONNECTIONS, type ConnectionEvent, type ConnectionRefusal } from '@voltbus/contracts';
import { keepsContract, type Said } from '@voltbus/testing';
import { PUBLISHED_REFUSALS, PUBLISHED_REFUSALS_PER_ADDRESS } from '../limits';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
let refusals: ConnectionRefusal[];
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

async function listen(settings: Parameters<typeof GatewayFixture.start>[0] = {}): Promise<void> {
  fixture = await GatewayFixture.start(settings);
  refusals = [];
  await fixture.bus.follow({
    name: 'refusals',
    topic: CONNECTIONS,
    handle: ({ headers, value }) => {
      if (headers['ce_type']?.toString() !== 'voltbus.station.refused') return;
      fixture.record(() => refusals.push(JSON.parse(value.toString()) as ConnectionRefusal));
    },
  });
}

describe('the event of a refused connection', () => {
  it('names the station and the reason, and never the password that was tried', async () => {
    await listen();
    await fixture.addStation('CS-1');
    await fixture.addStation('CS-2', { blocked: true });
    const password = 'not the password of any';
    await expect(fixture.connect('CS-1', { password })).rejects.toThrow('401');
    await expect(fixture.connect('CS-2')).rejects.toThrow('401');
    await expect(fixture.connect('CS-1', { path: '/ocpp/acme/CS-1', protocol: 'ocpp1.5', password })).rejects.toThrow('400');
    await fixture.until(() => refusals.length === 3);
    expect(refusals.map(({ tenant, station, reason }) => [tenant, station, reason])).toEqual([
      ['default', 'CS-1', 'wrong-credentials'],
      ['default', 'CS-2', 'blocked'],
      ['acme', 'CS-1', 'no-common-protocol'],
    ]);
    expect(JSON.stringify(refusals)).not.toContain(password);
  });

  it('names no tenant and no station when the URL names none, because it may hold anything', async () => {
    await listen();
    await expect(fixture.connect('CS-1', { path: '/CS-1?password=secret' })).rejects.toThrow('404');
    await fixture.until(() => refusals.length === 1);
    expect(refusals).toEqual([
      { tenant: null, station: null, remoteAddress: '127.0.0.1', reason: 'no-station-url', at: expect.any(String) as string },
    ]);
  });

  it('is published for each station behind one router though one keeps trying, and only so often for invented names', async () => {
    await listen();
    for (const name of ['noisy', 'quiet']) await fixture.addStation(name);
    jest.spyOn(performance, 'now').mockReturnValue(performance.now()); // nothing is published because time has passed
    for (let tries = 0; tries < 20; tries++) await expect(fixture.connect('noisy', { password: 'wrong' })).rejects.toThrow('401');
    await expect(fixture.connect('quiet', { password: 'wrong' })).rejects.toThrow('401');
    await fixture.until(() => refusals.some(({ station }) => station === 'quiet'));
    expect(refusals).toHaveLength(PUBLISHED_REFUSALS.burst + 1);
    for (let guess = 0; guess < PUBLISHED_REFUSALS_PER_ADDRESS.burst + 50; guess++) {
      await fixture.addStation(`guess-${guess}`);
      await fixture.connect(`guess-${guess}`, { password: 'wrong' }).catch(() => undefined);
    }
    expect(refusals).toHaveLength(PUBLISHED_REFUSALS_PER_ADDRESS.burst);
  });

  it('is published also for a station that is accepted only to be closed for its version', async () => {
    await listen({ SUBPROTOCOL_MISMATCH: 'accept-and-close' });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol: '' });
    expect(await station.closed).toBe(1002);
    await fixture.until(() => refusals.length === 1);
    expect(refusals).toMatchObject([{ station: 'CS-1', reason: 'no-common-protocol' }]);
  });

  it('is published only so often for one address', async () => {
    fixture = await GatewayFixture.start();
    await fixture.addStation('CS-1');
    const refusals: unknown[] = [];
    await fixture.bus.follow({
      name: 'refusals',
      topic: CONNECTIONS,
      handle: ({ headers, value }) =>
        fixture.record(() => refusals.push([headers['ce_type']?.toString(), JSON.parse(value.toString()) as unknown])),
    });
    jest.spyOn(performance, 'now').mockReturnValue(performance.now()); // so that no attempt is given back
    for (let tries = 0; tries < 20; tries++) await fixture.connect('CS-1', { password: 'wrong' }).catch(() => undefined);
    await fixture.until(() => refusals.length >= 10);
    expect(refusals[0]).toEqual([
      'voltbus.station.refused',
      { tenant: 'default', station: 'CS-1', remoteAddress: '127.0.0.1', reason: 'wrong-credentials', at: expect.any(String) },
    ]);
    expect(refusals).toHaveLength(10);
  });
});

describe('the events of connections', () => {
  it('keep the public contract of csms.connections.v1', async () => {
    fixture = await GatewayFixture.start();
    const events: Said[] = [];
    await fixture.bus.follow({
      name: 'another team',
      topic: CONNECTIONS,
      handle: ({ topic, headers, value }) =>
        fixture.record(() => events.push({ topic, type: headers['ce_type']?.toString() ?? '', value: JSON.parse(value.toString()) })),
    });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1');
    await fixture.until(() => events.length === 1);
    station.socket.close();
    await fixture.until(() => events.length === 2);
    await fixture.connect('CS-1', { password: 'wrong' }).catch(() => undefined);
    await fixture.until(() => events.length === 3);
    expect(events.map(({ type }) => type)).toEqual([
      'voltbus.station.connected',
      'voltbus.station.disconnected',
      'voltbus.station.refused',
    ]);
    for (const one of events) expect(() => keepsContract(one)).not.toThrow();
  });

  it('come in their order when the bus is back, though it was away while the station came and went; refusals do not', async () => {
    fixture = await GatewayFixture.start();
    const events: { type: string; epoch: number }[] = [];
    await fixture.bus.follow({
      name: 'another team',
      topic: CONNECTIONS,
      handle: ({ headers, value }) =>
        fixture.record(() =>
          events.push({ type: headers['ce_type']?.toString() ?? '', epoch: (JSON.parse(value.toString()) as ConnectionEvent).epoch }),
        ),
    });
    await fixture.addStation('CS-1');
    const publish = fixture.bus.publish.bind(fixture.bus);
    let away = true;
    let refused = 0;
    jest.spyOn(fixture.bus, 'publish').mockImplementation((topic, record, options) => {
      if (topic !== CONNECTIONS || !away) return publish(topic, record, options);
      fixture.record(() => (refused += 1));
      return Promise.reject(new BusUnavailable('away'));
    });
    for (let times = 0; times < 2; times++) {
      const station = await fixture.connect('CS-1');
      station.socket.close();
      await station.closed;
    }
    await fixture.connect('CS-1', { password: 'wrong' }).catch(() => undefined);
    await fixture.until(() => refused >= 5);
    expect(events).toEqual([]);
    away = false;
    await fixture.until(() => events.length >= 4);
    const [first, second] = [events[0]?.epoch ?? 0, events[2]?.epoch ?? 0];
    expect(events).toEqual([
      { type: 'voltbus.station.connected', epoch: first },
      { type: 'voltbus.station.disconnected', epoch: first },
      { type: 'voltbus.station.connected', epoch: second },
      { type: 'voltbus.station.disconnected', epoch: second },
    ]);
    expect(second).toBeGreaterThan(first);
  });
});
