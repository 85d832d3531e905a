import { CDRS, COMMAND_RESULTS, CONNECTIONS, STATION_CHANGES, TRANSACTIONS, type Transaction } from '@voltbus/contracts';
import type { EventClient, ReceivedEvent } from './testing/event-client';
import { startEventStream, type EventStreamFixture } from './testing/event-stream-fixture';

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

let fixture: EventStreamFixture;
beforeEach(async () => {
  fixture = await startEventStream();
  fixture.tenants.set('key-acme', 'acme').set('key-other', 'other');
});
afterEach(() => fixture.close());

/** A client that receives only what comes after it, and the id at which its stream begins. */
async function listening(key = 'key-acme', query = ''): Promise<{ client: EventClient; start: string }> {
  const client = await fixture.connect(key, query);
  const hello = await client.next();
  expect(hello).toEqual({ retry: expect.any(String), id: expect.any(String) });
  return { client, start: hello?.id ?? '' };
}

const command = (id: string) => fixture.publish(COMMAND_RESULTS, 'acme/CS-1', 'voltbus.command.ended', { id });
const idsOf = (received: (ReceivedEvent | null)[]) => received.map((one) => (JSON.parse(one?.data ?? '{}') as { id?: string }).id);

describe('GET /v1/events', () => {
  it('streams each resource as the API shows it, in order, under its type', async () => {
    const { client } = await listening();
    expect(client.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    fixture.stations.set('CS-1', { station: 'CS-1', online: true });
    const ended = { ...transaction, revision: 1, periods: [], signedData: ['OCMF|...'] };
    await fixture.publish(TRANSACTIONS, 'acme/CS-1', 'voltbus.transaction.ended', ended);
    const first = await client.next();
    await fixture.publish(CDRS, 'acme/CS-1', 'voltbus.cdr.issued', { id: 'cdr-1' });
    const second = await client.next();
    await command('command-1');
    const third = await client.next();
    await fixture.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.connected', { tenant: 'acme', station: 'CS-1' });
    const fourth = await client.next();
    const received = [first, second, third, fourth];
    expect(received.map((one) => one?.event)).toEqual(['transaction', 'cdr', 'command', 'station']);
    expect(JSON.parse(first?.data ?? '')).toEqual(transaction);
    expect(received.slice(1).map((one) => JSON.parse(one?.data ?? '') as unknown)).toEqual([
      { id: 'cdr-1' },
      { id: 'command-1' },
      { station: 'CS-1', online: true },
    ]);
    expect(new Set(received.map((one) => one?.id)).size).toBe(4);
  });

  it('streams no event of another tenant', async () => {
    const [ours, theirs] = [await listening('key-acme'), await listening('key-other')];
    await fixture.publish(COMMAND_RESULTS, 'other/CS-1', 'voltbus.command.ended', { id: 'theirs' });
    await command('ours');
    expect(idsOf([await ours.client.next(), await theirs.client.next()])).toEqual(['ours', 'theirs']);
  });

  it.each([
    ['?types=cdr', ['c1', 'c2']],
    ['?types=command,cdr', ['k1', 'c1', 'k2', 'c2']],
  ])('streams for %s only the types it names', async (query, expected) => {
    const { client } = await listening('key-acme', query);
    for (const id of ['1', '2']) {
      await command(`k${id}`);
      await fixture.publish(TRANSACTIONS, 'acme/CS-1', 'voltbus.transaction.updated', transaction);
      await fixture.publish(CDRS, 'acme/CS-1', 'voltbus.cdr.issued', { id: `c${id}` });
    }
    // events of several topics have no order among them
    expect(idsOf(await client.take(expected.length)).sort()).toEqual([...expected].sort());
  });

  it.each(['?types=station,nonsense', '?types=', '?types=Station'])('refuses %s with 400', async (query) => {
    const { response } = await fixture.connect('key-acme', query);
    expect([response.statusCode, response.headers['content-type']]).toEqual([400, expect.stringContaining('application/problem+json')]);
  });

  it('answers HEAD without opening a stream', async () => {
    const head = await fixture.app.inject({ method: 'HEAD', url: '/v1/events', headers: { authorization: 'Bearer key-acme' } });
    expect([head.statusCode, head.headers['content-type'], head.payload]).toEqual([200, 'text/event-stream; charset=utf-8', '']);
  });

  it('refuses a client without a valid key', async () => {
    expect((await fixture.connect('nobody')).response.statusCode).toBe(401);
  });

  it('streams the new state of a station whenever it changes', async () => {
    const { client } = await listening();
    for (const status of ['Available', 'Occupied']) {
      fixture.stations.set('CS-1', { station: 'CS-1', status });
      await fixture.publish(STATION_CHANGES, 'acme/CS-1', 'none', {});
      expect(JSON.parse((await client.next())?.data ?? '')).toEqual({ station: 'CS-1', status });
    }
  });

  it('reads no station of a tenant without a stream', async () => {
    const { client } = await listening();
    await fixture.publish(CONNECTIONS, 'other/CS-9', 'voltbus.station.connected', {});
    fixture.stations.set('CS-1', { station: 'CS-1' });
    await fixture.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.connected', {});
    await client.next();
    expect(fixture.read).toEqual(['CS-1']);
  });

  it('streams nothing for a refused connection, which changes no station', async () => {
    const { client } = await listening();
    fixture.stations.set('CS-1', { station: 'CS-1' });
    await fixture.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.refused', {});
    await fixture.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.disconnected', {});
    await command('after');
    expect((await client.take(2)).map((one) => one?.event).sort()).toEqual(['command', 'station']);
  });
});

describe('a client that reconnects', () => {
  it('receives what it missed, once, and goes on from there', async () => {
    const { client, start } = await listening();
    await command('before');
    const seen = await client.next();
    client.close();
    await command('missed 1');
    await command('missed 2');
    const back = await fixture.connect('key-acme', '', seen?.id);
    expect(await back.next()).toMatchObject({ id: seen?.id });
    await command('after');
    expect(idsOf(await back.take(3))).toEqual(['missed 1', 'missed 2', 'after']);
    const fromStart = await fixture.connect('key-acme', '', start);
    await fromStart.next();
    expect(idsOf(await fromStart.take(4))).toEqual(['before', 'missed 1', 'missed 2', 'after']);
  });

  it.each([
    ['comes from another process', '0123456789abcdef-1'],
    ['is none of ours', 'nonsense'],
    ['is too long', 'x'.repeat(500)],
  ])('is sent a gap when its id %s, and goes on', async (_how, id) => {
    const client = await fixture.connect('key-acme', '', id);
    const hello = await client.next();
    const gap = await client.next();
    expect(gap).toMatchObject({ event: 'gap', id: hello?.id });
    expect(JSON.parse(gap?.data ?? '')).toEqual({ reason: expect.any(String) });
    await command('after');
    expect(idsOf([await client.next()])).toEqual(['after']);
  });

  it("is sent a gap when its id is of another tenant, and none of that tenant's events", async () => {
    const { start } = await listening('key-other');
    await fixture.publish(COMMAND_RESULTS, 'other/CS-1', 'voltbus.command.ended', { id: 'theirs' });
    const client = await fixture.connect('key-acme', '', start);
    expect((await client.take(2)).map((one) => one?.event)).toEqual([undefined, 'gap']);
    await command('ours');
    expect(idsOf([await client.next()])).toEqual(['ours']);
  });
});

describe('a station that cannot be read', () => {
  it('is a gap in the streams that include stations', async () => {
    const [all, commands] = [await listening(), await listening('key-acme', '?types=command')];
    fixture.stations.set('CS-1', 'away');
    await fixture.publish(CONNECTIONS, 'acme/CS-1', 'voltbus.station.connected', {});
    expect(await all.client.next()).toMatchObject({ event: 'gap' });
    await command('after');
    expect(idsOf([await all.client.next(), await commands.client.next()])).toEqual(['after', 'after']);
  });
});

describe('a stream ends', () => {
  it('when its key is revoked, and not while the key cannot be checked', async () => {
    const { client } = await listening();
    fixture.tenants.set('key-acme', 'away');
    fixture.streams.check();
    await command('still here');
    expect(idsOf([await client.next()])).toEqual(['still here']);
    fixture.tenants.delete('key-acme');
    fixture.streams.check();
    expect(await client.next()).toBeNull();
  });

  it('when the process stops, which opens no more streams', async () => {
    const { client } = await listening();
    await command('last');
    expect(idsOf([await client.next()])).toEqual(['last']);
    fixture.streams.drain();
    expect(await client.next()).toBeNull();
    expect((await fixture.connect('key-acme')).response.statusCode).toBe(503);
    await fixture.app.close(); // no open stream holds it up
  });
});

describe('limits', () => {
  async function start(limits: Parameters<typeof startEventStream>[0]): Promise<void> {
    await fixture.close();
    fixture = await startEventStream(limits);
    fixture.tenants.set('key-acme', 'acme').set('key-other', 'other');
  }

  it('opens at most so many streams for a tenant and in all, and another one when one has ended', async () => {
    await start({ streamsPerTenant: 2, streams: 3 });
    const [first] = [await listening(), await listening()];
    expect((await fixture.connect('key-acme')).response.statusCode).toBe(429);
    await listening('key-other');
    expect((await fixture.connect('key-other')).response.statusCode).toBe(503);
    first.client.close();
    const status = async (): Promise<number | undefined> => {
      const client = await fixture.connect('key-acme');
      if (client.response.statusCode !== 200) client.close();
      return client.response.statusCode;
    };
    let now = await status();
    while (now !== 200) now = await status(); // the server notices the end of a connection a little later
    expect(now).toBe(200);
  });

  it('ends the stream of a client that reads too slowly, and sends it a gap when it reconnects', async () => {
    await start({ bufferedEvents: 5 });
    const { client: slow, start: id } = await listening();
    const { client: quick } = await listening();
    const gone = new Promise((resolve) => slow.response.once('close', resolve));
    const big = 'x'.repeat(500_000);
    slow.response.pause();
    for (let count = 0; count < 60; count++) {
      await fixture.publish(COMMAND_RESULTS, 'acme/CS-1', 'voltbus.command.ended', { id: `n${count}`, big });
      expect(idsOf([await quick.next()])).toEqual([`n${count}`]);
    }
    slow.response.on('error', () => undefined).resume();
    await gone;
    const back = await fixture.connect('key-acme', '', id);
    expect((await back.take(2)).map((one) => one?.event)).toEqual([undefined, 'gap']);
  });

  it('ends the stream of a client that reads nothing at all', async () => {
    await start({ stalledMs: 1_000 });
    const { client: stuck } = await listening();
    const { client: quick } = await listening();
    const gone = new Promise((resolve) => stuck.response.once('close', resolve));
    stuck.response.pause();
    for (let count = 0; count < 60; count++) {
      await fixture.publish(COMMAND_RESULTS, 'acme/CS-1', 'voltbus.command.ended', { id: `n${count}`, big: 'x'.repeat(500_000) });
      await quick.next();
    }
    fixture.streams.check(performance.now() + 60_000);
    stuck.response.on('error', () => undefined).resume();
    await gone;
    await command('after');
    expect(idsOf([await quick.next()])).toEqual(['after']);
  });
});
