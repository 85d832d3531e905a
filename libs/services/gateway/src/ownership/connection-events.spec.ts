import { CONNECTIONS, type ConnectionRefusal } from '@voltbus/contracts';
import { PUBLISHED_REFUSALS, PUBLISHED_REFUSALS_PER_ADDRESS } from '../limits';
import { GatewayFixture } from '../testing/gateway-fixture';

let fixture: GatewayFixture;
let told: ConnectionRefusal[];
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

async function listen(settings: Parameters<typeof GatewayFixture.start>[0] = {}): Promise<void> {
  fixture = await GatewayFixture.start(settings);
  told = [];
  await fixture.bus.follow({
    name: 'refusals',
    topic: CONNECTIONS,
    handle: ({ headers, value }) => {
      if (headers['ce_type']?.toString() !== 'voltbus.station.refused') return;
      fixture.record(() => told.push(JSON.parse(value.toString()) as ConnectionRefusal));
    },
  });
}

describe('what is told of a refused connection', () => {
  it('is whom it named and why, and never what it tried as a password', async () => {
    await listen();
    await fixture.addStation('CS-1');
    await fixture.addStation('CS-2', { blocked: true });
    const password = 'not the password of any';
    await expect(fixture.connect('CS-1', { password })).rejects.toThrow('401');
    await expect(fixture.connect('CS-2')).rejects.toThrow('401');
    await expect(fixture.connect('CS-1', { path: '/ocpp/acme/CS-1', protocol: 'ocpp1.5', password })).rejects.toThrow('400');
    await fixture.until(() => told.length === 3);
    expect(told.map(({ tenant, station, reason }) => [tenant, station, reason])).toEqual([
      ['default', 'CS-1', 'wrong-credentials'],
      ['default', 'CS-2', 'blocked'],
      ['acme', 'CS-1', 'no-common-protocol'],
    ]);
    expect(JSON.stringify(told)).not.toContain(password);
  });

  it('names no tenant and no station where the URL does not: what else is in it may be anything', async () => {
    await listen();
    await expect(fixture.connect('CS-1', { path: '/CS-1?password=secret' })).rejects.toThrow('404');
    await fixture.until(() => told.length === 1);
    expect(told).toEqual([
      { tenant: null, station: null, remoteAddress: '127.0.0.1', reason: 'no-station-url', at: expect.any(String) as string },
    ]);
  });

  it('is told of each station behind one router, though one of them keeps trying, and of names without end only so many', async () => {
    await listen();
    for (const name of ['noisy', 'quiet']) await fixture.addStation(name);
    jest.spyOn(performance, 'now').mockReturnValue(performance.now()); // nothing is told because time has passed
    for (let tries = 0; tries < 20; tries++) await expect(fixture.connect('noisy', { password: 'wrong' })).rejects.toThrow('401');
    await expect(fixture.connect('quiet', { password: 'wrong' })).rejects.toThrow('401');
    await fixture.until(() => told.some(({ station }) => station === 'quiet'));
    expect(told).toHaveLength(PUBLISHED_REFUSALS.burst + 1);
    for (let guess = 0; guess < PUBLISHED_REFUSALS_PER_ADDRESS.burst + 50; guess++) {
      await fixture.addStation(`guess-${guess}`);
      await fixture.connect(`guess-${guess}`, { password: 'wrong' }).catch(() => undefined);
    }
    expect(told).toHaveLength(PUBLISHED_REFUSALS_PER_ADDRESS.burst);
  });

  it('is told too of a station that is let in only to be closed for its version', async () => {
    await listen({ SUBPROTOCOL_MISMATCH: 'accept-and-close' });
    await fixture.addStation('CS-1');
    const station = await fixture.connect('CS-1', { protocol: '' });
    expect(await station.closed).toBe(1002);
    await fixture.until(() => told.length === 1);
    expect(told).toMatchObject([{ station: 'CS-1', reason: 'no-common-protocol' }]);
  });
});
