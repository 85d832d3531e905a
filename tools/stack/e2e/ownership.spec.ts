import { setTimeout as pause } from 'node:timers/promises';
import Redis from 'ioredis';
import type { Command } from '@voltbus/contracts';
import { Api, ForeignStation, boot, eventually, prepare, startStack, type Stack } from '@voltbus/testing';

/** The gateways of this stack assert their connections so often, well before they would by default. */
const ASSERT_SECONDS = 2;
const ASSERTED_WITHIN_SECONDS = 40;

let stack: Stack;
let password: string;
const names = ['own-1', 'own-2', 'own-3'];
const api = (): Api => new Api(stack.facts().apiUrl, stack.facts().adminKey);
const gateway = (index: number): string => stack.facts().gateways[index]?.ocppUrl ?? '';

beforeAll(async () => {
  stack = await startStack({ gateways: 2, env: { VOLTBUS_ASSERT_SECONDS: String(ASSERT_SECONDS) } });
  password = await prepare(api(), names, 'PROOF-TAG');
});
afterAll(() => stack?.stop());

async function connect(index: number, station: string): Promise<ForeignStation> {
  const connected = await ForeignStation.connect({ url: gateway(index), station, protocol: 'ocpp1.6', password });
  connected.answer('Reset', () => ({ status: 'Accepted' }));
  return connected;
}

const command = (station: string, wait = 60) =>
  api().post<Command>(`/v1/stations/${station}/commands`, { action: 'Reset', payload: { type: 'Soft' }, wait });

describe('two gateways', () => {
  it('deliver a command through the gateway that holds the station', async () => {
    const [one, two] = [await connect(0, 'own-1'), await connect(1, 'own-2')];
    await Promise.all([boot(one), boot(two)]);
    for (const station of ['own-1', 'own-2']) expect((await command(station)).body).toMatchObject({ status: 'answered' });
    expect([one.received.length, two.received.length]).toEqual([1, 1]);
    await Promise.all([one.close(), two.close()]);
  });

  it('keep the newest connection of a station, and ignore the end of the older one', async () => {
    const old = await connect(0, 'own-3');
    await boot(old);
    const young = await connect(1, 'own-3');
    await old.closed;
    await young.call('Heartbeat', {}); // it is registered already: commands need not wait for a boot
    expect((await command('own-3')).body).toMatchObject({ status: 'answered' });
    expect([old.received.length, young.received.length]).toEqual([0, 1]);
    expect((await api().get('/v1/stations/own-3')).body).toMatchObject({ online: true });
    await young.close();
  });

  it('keep the newest connection while the older one is half open and its gateway frozen', async () => {
    const old = await connect(0, 'own-3');
    await boot(old);
    stack.signal('gateway-1', 'SIGSTOP'); // the old connection is half open now
    try {
      const young = await connect(1, 'own-3');
      await young.call('Heartbeat', {});
      expect((await command('own-3')).body).toMatchObject({ status: 'answered' });
      expect(young.received).toHaveLength(1);
      stack.signal('gateway-1', 'SIGCONT');
      await old.closed; // replaced late; the new connection stays
      expect((await command('own-3')).body).toMatchObject({ status: 'answered' });
      expect([old.received.length, young.received.length]).toEqual([0, 2]);
      await young.close();
    } finally {
      stack.signal('gateway-1', 'SIGCONT');
    }
  });

  it('close no connection when Redis is emptied under load, and deliver commands again once connections are asserted', async () => {
    const stations = await Promise.all(names.map((name, index) => connect(index % 2, name)));
    await Promise.all(stations.map(boot));
    let closed = 0;
    for (const station of stations) void station.closed.then(() => closed++);
    let loading = true;
    const load = Promise.all(
      stations.map(async (station) => {
        while (loading) await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
      }),
    );
    const redis = new Redis(stack.facts().redis.url);
    await redis.flushall();
    redis.disconnect();
    for (const name of names)
      await eventually(
        () => command(name, 2),
        ({ body }) => body.status === 'answered',
        ASSERTED_WITHIN_SECONDS,
      );
    loading = false;
    await load;
    expect(closed).toBe(0);
    await Promise.all(stations.map((station) => station.close()));
  });

  it('survive a frozen gateway of 12 seconds: no command is sent twice, and each gets an outcome', async () => {
    const station = await connect(0, 'own-1');
    await boot(station);
    const { pid } = stack.facts().gateways[0] ?? { pid: 0 };
    stack.signal('gateway-1', 'SIGSTOP');
    const before = await Promise.all(Array.from({ length: 5 }, () => command('own-1', 0)));
    await pause(12_000); // the fault itself
    stack.signal('gateway-1', 'SIGCONT');
    const after = await Promise.all(Array.from({ length: 5 }, () => command('own-1', 0)));
    const ids = [...before, ...after].map(({ body }) => body.id);
    const ends = await Promise.all(
      ids.map((id) =>
        eventually(
          () => api().get<Command>(`/v1/commands/${id}`),
          ({ body }) => body.endedAt !== null,
        ),
      ),
    );
    const answered = ends.filter(({ body }) => body.status === 'answered').length;
    expect(answered).toBeGreaterThanOrEqual(5);
    expect(station.received.length).toBeGreaterThanOrEqual(answered);
    expect(station.received.length).toBeLessThanOrEqual(ids.length);
    expect(stack.facts().gateways[0]?.pid).toBe(pid);
    expect((await command('own-1')).body).toMatchObject({ status: 'answered' });
    await station.close();
  });
});
