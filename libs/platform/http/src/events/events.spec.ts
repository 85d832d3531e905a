import { CDRS, COMMAND_RESULTS, CONNECTIONS, STATION_CHANGES, TRANSACTIONS, type Transaction } from '@voltbus/contracts';
import type { Client, EventsFixture, Told } from './events-fixture.module';
import { startEvents } from './events-fixture.module';

const transaction: Transaction = {
  tenant: 'acme',
  station: 'CS-1',
  id: '0b0e4f5e-6f3c-5c61-8a5e-0a4f4a2f9a11',
  evse: 1,
  connector: 1,
  ocppTransactionId: '7',
  idToken: 'TAG',
  state: 'ended',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T01:00:00.000Z',
  meterStartWh: 0,
  meterStopWh: 1000,
  energyWh: 1000,
  stopReason: 'Local',
  flags: [],
};

let world: EventsFixture;
beforeEach(async () => {
  world = await startEvents();
  world.tenants.set('key-acme', 'acme').set('key-other', 'other');
});
afterEach(() => world.close());

/** A client that is told of nothing that came before it. */
async function listening(key = 'key-acme', query = ''): Promise<{ client: Client; start: string }> {
  const client = await world.connect(key, query);
  const hello = await client.next();
  expect(hello).toEqual({ retry: expect.any(String), id: expect.any(String) });
  return { client, start: hello?.id ?? '' };
}

const command = (id: string) => world.publish(COMMAND_RESULTS, 'acme/CS-1', 'voltbus.command.ended', { id });
const idsOf = (told: (Told | null)[]) => told.map((one) => (JSON.parse(one?.data ?? '{}') as { id?: string }).id);

describe('GET /v1/events', () => {
  it('tells each thing as the API shows it, in order, under its type', async () => {
    const { client } = await listening();
    expect(client.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    world.stations.set('CS-1', { station: 'CS-1', online: true });
    const ended = { ...transaction, revision: 1, periods: [], signedData: ['OCMF|...'] };
    await world.publish(TRANSACTIONS, 'acme/CS-1', 'voltbus.transaction.ended', ended);
    const first = await client.next();
    await world.publish(CDRS, 'acme/CS-1', 'voltbus.cdr.issued', { id: 'cdr-1' });
    const second = await client.next();
    await command('command-1');
    const third = await client.next();
    await world.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.connected', { tenant: 'acme', station: 'CS-1' });
    const fourth = await client.next();
    const told = [first, second, third, fourth];
    expect(told.map((one) => one?.event)).toEqual(['transaction', 'cdr', 'command', 'station']);
    expect(JSON.parse(first?.data ?? '')).toEqual(transaction);
    expect(told.slice(1).map((one) => JSON.parse(one?.data ?? '') as unknown)).toEqual([
      { id: 'cdr-1' },
      { id: 'command-1' },
      { station: 'CS-1', online: true },
    ]);
    expect(new Set(told.map((one) => one?.id)).size).toBe(4);
  });

  it('tells a tenant nothing of another', async () => {
    const [ours, theirs] = [await listening('key-acme'), await listening('key-other')];
    await world.publish(COMMAND_RESULTS, 'other/CS-1', 'voltbus.command.ended', { id: 'theirs' });
    await command('ours');
    expect(idsOf([await ours.client.next(), await theirs.client.next()])).toEqual(['ours', 'theirs']);
  });

  it.each([
    ['?types=cdr', ['c1', 'c2']],
    ['?types=command,cdr', ['k1', 'c1', 'k2', 'c2']],
  ])('tells %s only what it asks for', async (query, expected) => {
    const { client } = await listening('key-acme', query);
    for (const id of ['1', '2']) {
      await command(`k${id}`);
      await world.publish(TRANSACTIONS, 'acme/CS-1', 'voltbus.transaction.updated', transaction);
      await world.publish(CDRS, 'acme/CS-1', 'voltbus.cdr.issued', { id: `c${id}` });
    }
    // what happens on several topics has no order among them
    expect(idsOf(await client.take(expected.length)).sort()).toEqual([...expected].sort());
  });

  it.each(['?types=station,nonsense', '?types=', '?types=Station'])('refuses %s with 400', async (query) => {
    const { response } = await world.connect('key-acme', query);
    expect([response.statusCode, response.headers['content-type']]).toEqual([400, expect.stringContaining('application/problem+json')]);
  });

  it('answers HEAD, which nobody listens to', async () => {
    const head = await world.app.inject({ method: 'HEAD', url: '/v1/events', headers: { authorization: 'Bearer key-acme' } });
    expect([head.statusCode, head.headers['content-type'], head.payload]).toEqual([200, 'text/event-stream; charset=utf-8', '']);
  });

  it('refuses whoever has no key', async () => {
    expect((await world.connect('nobody')).response.statusCode).toBe(401);
  });

  it('tells of a station whenever it is not as it was, as it is now', async () => {
    const { client } = await listening();
    for (const status of ['Available', 'Occupied']) {
      world.stations.set('CS-1', { station: 'CS-1', status });
      await world.publish(STATION_CHANGES, 'acme/CS-1', 'none', {});
      expect(JSON.parse((await client.next())?.data ?? '')).toEqual({ station: 'CS-1', status });
    }
  });

  it('reads no station of a tenant that nobody listens to', async () => {
    const { client } = await listening();
    await world.publish(CONNECTIONS, 'other/CS-9', 'voltbus.station.connected', {});
    world.stations.set('CS-1', { station: 'CS-1' });
    await world.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.connected', {});
    await client.next();
    expect(world.read).toEqual(['CS-1']);
  });

  it('does not tell of connections that were refused: they are no station\u2019s change', async () => {
    const { client } = await listening();
    world.stations.set('CS-1', { station: 'CS-1' });
    await world.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.refused', {});
    await world.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.disconnected', {});
    await command('after');
    expect((await client.take(2)).map((one) => one?.event).sort()).toEqual(['command', 'station']);
  });
});

describe('a client that comes back', () => {
  it('is told what it missed, once, and goes on from there', async () => {
    const { client, start } = await listening();
    await command('before');
    const seen = await client.next();
    client.close();
    await command('missed 1');
    await command('missed 2');
    const back = await world.connect('key-acme', '', seen?.id);
    expect(await back.next()).toMatchObject({ id: seen?.id });
    await command('after');
    expect(idsOf(await back.take(3))).toEqual(['missed 1', 'missed 2', 'after']);
    const fromStart = await world.connect('key-acme', '', start);
    await fromStart.next();
    expect(idsOf(await fromStart.take(4))).toEqual(['before', 'missed 1', 'missed 2', 'after']);
  });

  it.each([
    ['another process gave', '0123456789abcdef-1'],
    ['nobody gave', 'nonsense'],
    ['is too long', 'x'.repeat(500)],
  ])('with an id that %s is told of a gap and goes on', async (_how, id) => {
    const client = await world.connect('key-acme', '', id);
    const hello = await client.next();
    const gap = await client.next();
    expect(gap).toMatchObject({ event: 'gap', id: hello?.id });
    expect(JSON.parse(gap?.data ?? '')).toEqual({ reason: expect.any(String) });
    await command('after');
    expect(idsOf([await client.next()])).toEqual(['after']);
  });

  it('with an id of another tenant is told of a gap, and nothing else of it', async () => {
    const { start } = await listening('key-other');
    await world.publish(COMMAND_RESULTS, 'other/CS-1', 'voltbus.command.ended', { id: 'theirs' });
    const client = await world.connect('key-acme', '', start);
    expect((await client.take(2)).map((one) => one?.event)).toEqual([undefined, 'gap']);
    await command('ours');
    expect(idsOf([await client.next()])).toEqual(['ours']);
  });
});

describe('what cannot be told', () => {
  it('of a station is a gap, to those who listen to stations', async () => {
    const [all, commands] = [await listening(), await listening('key-acme', '?types=command')];
    world.stations.set('CS-1', 'away');
    await world.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.connected', {});
    expect(await all.client.next()).toMatchObject({ event: 'gap' });
    await command('after');
    expect(idsOf([await all.client.next(), await commands.client.next()])).toEqual(['after', 'after']);
  });
});

describe('streams end', () => {
  it('when the key is revoked, and not while it cannot be judged', async () => {
    const { client } = await listening();
    world.tenants.set('key-acme', 'away');
    world.desk.judge();
    await command('still here');
    expect(idsOf([await client.next()])).toEqual(['still here']);
    world.tenants.delete('key-acme');
    world.desk.judge();
    expect(await client.next()).toBeNull();
  });

  it('when the process stops, which lets nobody in any more', async () => {
    const { client } = await listening();
    await command('last');
    expect(idsOf([await client.next()])).toEqual(['last']);
    world.desk.closeDoor();
    expect(await client.next()).toBeNull();
    expect((await world.connect('key-acme')).response.statusCode).toBe(503);
    await world.app.close(); // waits for nobody
  });
});

describe('limits', () => {
  async function start(limits: Parameters<typeof startEvents>[0]): Promise<void> {
    await world.close();
    world = await startEvents(limits);
    world.tenants.set('key-acme', 'acme').set('key-other', 'other');
  }

  it('lets a tenant have so many streams, and a new one when one has gone', async () => {
    await start({ listenersOfTenant: 2, listeners: 3 });
    const [first] = [await listening(), await listening()];
    expect((await world.connect('key-acme')).response.statusCode).toBe(429);
    await listening('key-other');
    expect((await world.connect('key-other')).response.statusCode).toBe(503);
    first.client.close();
    const status = async (): Promise<number | undefined> => {
      const client = await world.connect('key-acme');
      if (client.response.statusCode !== 200) client.close();
      return client.response.statusCode;
    };
    let now = await status();
    while (now !== 200) now = await status(); // the server hears of the end of a connection in its own time
    expect(now).toBe(200);
  });

  it('cuts off a client that reads too slowly, which learns of the gap when it comes back', async () => {
    await start({ keptEvents: 5 });
    const { client: slow, start: id } = await listening();
    const { client: quick } = await listening();
    const gone = new Promise((resolve) => slow.response.once('close', resolve));
    const big = 'x'.repeat(500_000);
    slow.response.pause();
    for (let count = 0; count < 60; count++) {
      await world.publish(COMMAND_RESULTS, 'acme/CS-1', 'voltbus.command.ended', { id: `n${count}`, big });
      expect(idsOf([await quick.next()])).toEqual([`n${count}`]);
    }
    slow.response.on('error', () => undefined).resume();
    await gone;
    const back = await world.connect('key-acme', '', id);
    expect((await back.take(2)).map((one) => one?.event)).toEqual([undefined, 'gap']);
  });

  it('gives up a client that takes nothing at all', async () => {
    await start({ stalledMs: 1_000 });
    const { client: stuck } = await listening();
    const { client: quick } = await listening();
    const gone = new Promise((resolve) => stuck.response.once('close', resolve));
    stuck.response.pause();
    for (let count = 0; count < 60; count++) {
      await world.publish(COMMAND_RESULTS, 'acme/CS-1', 'voltbus.command.ended', { id: `n${count}`, big: 'x'.repeat(500_000) });
      await quick.next();
    }
    world.desk.judge(performance.now() + 60_000);
    stuck.response.on('error', () => undefined).resume();
    await gone;
    await command('after');
    expect(idsOf([await quick.next()])).toEqual(['after']);
  });
});
