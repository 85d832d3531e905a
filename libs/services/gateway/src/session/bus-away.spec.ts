import { CONNECTIONS, LANES } from '@voltbus/contracts';
import { GatewayFixture } from '../testing/gateway-fixture';

const heartbeat = [2, 'h', 'Heartbeat', {}];
const stop = [2, 's', 'StopTransaction', { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' }];

let fixture: GatewayFixture;
beforeEach(async () => {
  // Nothing is acknowledged, since none of the services that settle a topic is there.
  fixture = await GatewayFixture.start({}, 1, {}, { absentGroups: 'wait', downAfterMs: 3_000 });
  for (const name of ['idle', 'waiting', 'new']) await fixture.addStation(name);
});
afterEach(() => fixture.stop());

async function busIsAway(): Promise<void> {
  await new Promise<void>((away) => (fixture.bus.available ? fixture.bus.onAvailability(() => away()) : away()));
}

async function busIsBack(): Promise<void> {
  for (const topic of [CONNECTIONS, LANES.transaction])
    for (const group of topic.settledBy) await fixture.bus.subscribe({ group, topics: [topic], route: () => null });
  await new Promise<void>((back) => (fixture.bus.available ? back() : fixture.bus.onAvailability(() => back())));
}

describe('while the bus is away for long', () => {
  it('heartbeats are answered, idle sockets stay, and a station that waits with a transaction message is closed with 1013 to keep it', async () => {
    const idle = await fixture.connect('idle');
    const waiting = await fixture.connect('waiting');
    waiting.send(stop);
    expect(await waiting.closed).toBe(1013);
    expect(waiting.frames).toEqual([]);
    expect(await idle.call(heartbeat)).toMatchObject([3, 'h', {}]);
    expect(fixture.metrics.total('gateway_disconnects_total', { reason: 'overload' })).toBe(1);
  });

  it('a station that sends a transaction message then is closed at once', async () => {
    const idle = await fixture.connect('idle');
    await busIsAway();
    idle.send(stop);
    expect(await idle.closed).toBe(1013);
  });

  it('new stations get 503 with Retry-After, and are admitted when the bus is back', async () => {
    await fixture.connect('idle');
    await busIsAway();
    const address = `http://127.0.0.1:${fixture.gateways[0]?.port}/ocpp/new`;
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    const { request } = await import('node:http');
    const response = await new Promise<{ statusCode?: number | undefined; headers: NodeJS.Dict<string | string[]> }>((resolve) =>
      request(address, { headers }, resolve).end(),
    );
    expect(response.statusCode).toBe(503);
    expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(5);
    await busIsBack();
    expect(await (await fixture.connect('new')).call(heartbeat)).toMatchObject([3, 'h', {}]);
  });
});
