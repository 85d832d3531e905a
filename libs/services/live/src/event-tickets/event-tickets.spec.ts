import { COMMAND_RESULTS, TRANSACTIONS } from '@voltbus/contracts';
import { TICKET_RECONNECT_SECONDS, TICKET_SECONDS, TicketSeal } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { openLog } from '@voltbus/telemetry';
import type { EventClient } from '../event-stream/testing/event-client';
import { startEventStream, type EventStreamFixture } from '../event-stream/testing/event-stream-fixture';

let fixture: EventStreamFixture;
let log: string;
beforeEach(async () => {
  log = '';
  const to = { write: (line: string) => void (log += line) };
  fixture = await startEventStream({}, { logger: openLog({ process: 'api', pod: 'spec', level: 'trace', to }) });
  fixture.tenants.set('key-acme', 'acme').set('key-other', 'other');
});
afterEach(() => fixture.close());
afterEach(() => jest.useRealTimers());

/** Moves the clock, and no timer. */
function passTime(seconds: number): void {
  const now = Date.now() + seconds * 1_000;
  jest.useFakeTimers({
    now,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'setInterval',
      'setTimeout',
      'clearTimeout',
      'clearInterval',
      'clearImmediate',
    ],
  });
}

async function make(body?: object, key = 'key-acme') {
  const answer = await fixture.app.inject({
    method: 'POST',
    url: '/v1/event-tickets',
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { payload: body }),
  });
  return {
    status: answer.statusCode,
    body: JSON.parse(answer.payload) as { ticket: string; types: string[]; expiresAt: string; code?: string },
  };
}

const streamOf = (ticket: string, more = '', lastEventId?: string): Promise<EventClient> =>
  fixture.connect(null, `?ticket=${ticket}${more}`, lastEventId);
const command = (id: string, tenant = 'acme') => fixture.publish(COMMAND_RESULTS, `${tenant}/CS-1`, 'voltbus.command.ended', { id });
type Maker = Parameters<TicketSeal['make']>[0]['maker'];
/** A ticket that was made so long ago, by any process with the same keys. */
const agedTicket = (seconds: number, types = ['command'], maker: Maker = 'key-acme'): string =>
  new TicketSeal(TestApp.settings()).make({ tenant: 'acme', maker, types }, new Date(Date.now() - seconds * 1_000)).ticket;

const tokenUntil = (endsAt: number) => ({ actor: 'sso:x', tenant: 'acme', role: 'viewer', stationGroups: ['depot'], endsAt }) as const;

describe('POST /v1/event-tickets', () => {
  it('makes a ticket that opens a stream without a key, of the tenant and the types that it was made for', async () => {
    const { status, body } = await make({ types: ['command'] });
    expect([status, body.types, Date.parse(body.expiresAt) > Date.now()]).toEqual([201, ['command'], true]);
    const client = await streamOf(body.ticket);
    await client.next();
    await command('theirs', 'other');
    await fixture.publish(TRANSACTIONS, 'acme/CS-1', 'voltbus.transaction.updated', {});
    await command('ours');
    expect(JSON.parse((await client.next())?.data ?? '')).toEqual({ id: 'ours' });
  });

  it('makes one for all types without a body', async () => {
    expect(await make()).toMatchObject({ status: 201, body: { types: ['station', 'transaction', 'cdr', 'command', 'reservation'] } });
  });

  it.each([{ types: [] }, { types: ['gap'] }, { types: 'cdr' }, { type: ['cdr'] }, { types: ['cdr', 'cdr', 'cdr', 'cdr', 'cdr', 'cdr'] }])(
    'refuses %j',
    async (body) => {
      expect(await make(body)).toMatchObject({ status: 422, body: { code: 'invalid' } });
    },
  );

  it('needs a key, and takes no ticket for one', async () => {
    const { body } = await make();
    const withTicket = await fixture.app.inject({ method: 'POST', url: `/v1/event-tickets?ticket=${body.ticket}` });
    expect([(await make({}, 'nobody')).status, withTicket.statusCode]).toEqual([401, 401]);
  });
});

describe('a stream that was opened with a ticket', () => {
  it('is resumed with the id of its last event long after the minute in which it had to be opened', async () => {
    const ticket = agedTicket(0);
    const first = await streamOf(ticket);
    await first.next();
    await command('seen');
    const seen = await first.next();
    first.close();
    await command('missed');
    passTime(TICKET_SECONDS * 60);
    expect((await streamOf(ticket)).response.statusCode).toBe(401);
    expect((await streamOf(ticket, '', seen?.id?.split('.')[0])).response.statusCode).toBe(401);
    const back = await streamOf(ticket, '', seen?.id);
    expect(await back.next()).toMatchObject({ id: seen?.id });
    expect(JSON.parse((await back.next())?.data ?? '')).toEqual({ id: 'missed' });
    passTime(TICKET_RECONNECT_SECONDS);
    expect((await streamOf(ticket, '', seen?.id)).response.statusCode).toBe(401);
  });

  it('is a new one, resumed, where a page brings the id with another ticket', async () => {
    const first = await streamOf((await make({ types: ['command'] })).body.ticket);
    const hello = await first.next();
    await command('missed');
    const back = await streamOf((await make({ types: ['command'] })).body.ticket, `&lastEventId=${hello?.id ?? ''}`);
    await back.next();
    expect(JSON.parse((await back.next())?.data ?? '')).toEqual({ id: 'missed' });
  });

  it('is the only one of its ticket: opened again, the earlier one ends', async () => {
    const { body } = await make({ types: ['command'] });
    const earlier = await streamOf(body.ticket);
    const hello = await earlier.next();
    const later = await streamOf(body.ticket, '', hello?.id);
    await later.next();
    expect(await earlier.next()).toBeNull();
    await command('to the later one');
    expect(JSON.parse((await later.next())?.data ?? '')).toEqual({ id: 'to the later one' });
  });

  it('is opened by its ticket once: whoever has read the URL opens nothing with it, and disturbs nobody', async () => {
    const { body } = await make({ types: ['command'] });
    const opened = await Promise.all(Array.from({ length: 5 }, () => streamOf(body.ticket)));
    expect(opened.map(({ response }) => response.statusCode).sort()).toEqual([200, 401, 401, 401, 401]);
    const mine = opened.find(({ response }) => response.statusCode === 200);
    await mine?.next();
    await command('still mine');
    expect(JSON.parse((await mine?.next())?.data ?? '')).toEqual({ id: 'still mine' });
  });

  it('is not opened by a HEAD, which leaves the ticket as it was', async () => {
    const { body } = await make();
    const head = await fixture.app.inject({ method: 'HEAD', url: `/v1/events?ticket=${body.ticket}` });
    expect([head.statusCode, (await streamOf(body.ticket)).response.statusCode]).toEqual([200, 200]);
  });

  it('ends with the key that made the ticket, which then opens none', async () => {
    const { body } = await make({ types: ['command'] });
    const client = await streamOf(body.ticket);
    const hello = await client.next();
    fixture.tenants.set('key-acme', 'away');
    fixture.streams.check();
    await command('still here');
    expect(JSON.parse((await client.next())?.data ?? '')).toEqual({ id: 'still here' });
    fixture.tenants.delete('key-acme');
    fixture.streams.check();
    expect(await client.next()).toBeNull();
    expect((await streamOf(body.ticket, '', hello?.id)).response.statusCode).toBe(401);
  });

  it('opens a stream by the right of the access token that made it', async () => {
    const token = tokenUntil(Date.now() + 600_000);
    expect((await streamOf(agedTicket(0, ['command'], token))).response.statusCode).toBe(200);
    expect((await streamOf(agedTicket(0, ['command'], { ...token, role: 'billing' }), '&types=command')).response.statusCode).toBe(403);
  });

  it('may have fewer types than its ticket, and no others', async () => {
    const { body } = await make({ types: ['command', 'cdr'] });
    expect((await streamOf(body.ticket, '&types=command,station')).response.statusCode).toBe(403);
    expect((await streamOf(body.ticket, '&types=command')).response.statusCode).toBe(200);
  });
});

describe('a ticket that opens nothing', () => {
  it.each<[string, () => string, number]>([
    ['is older than a minute', () => agedTicket(TICKET_SECONDS), 401],
    ['was never made', () => 'x.y', 401],
    ['is empty', () => '', 401],
    ['is of an access token that has ended', () => agedTicket(0, ['command'], tokenUntil(Date.now() - 1)), 401],
    ['is there twice', () => `${agedTicket(0)}&ticket=${agedTicket(0)}`, 401],
  ])('%s', async (_what, ticket, status) => {
    expect((await streamOf(ticket())).response.statusCode).toBe(status);
  });

  it('is one beside a key', async () => {
    expect((await fixture.connect('key-acme', `?ticket=${agedTicket(0)}`)).response.statusCode).toBe(400);
  });

  it('is one at any other route', async () => {
    const answer = await fixture.app.inject({ method: 'GET', url: `/v1/other?ticket=${agedTicket(0)}` });
    expect(answer.statusCode).toBe(404);
  });
});

it('never logs a ticket, not even where the request fails', async () => {
  const ticket = agedTicket(0);
  fixture.streams.drain();
  const { response } = await streamOf(ticket);
  expect(response.statusCode).toBe(503);
  await streamOf(`${ticket}x`);
  expect(log).toContain('/v1/events');
  expect(log).not.toContain(ticket);
});

describe('the descriptions of the public topics', () => {
  it('are served without a key, with the schema that each event names', async () => {
    const document = await fixture.app.inject({ method: 'GET', url: '/asyncapi.json' });
    expect([document.statusCode, JSON.parse(document.payload)]).toMatchObject([
      200,
      { asyncapi: '3.0.0', info: { title: 'Voltbus events' } },
    ]);
    const schema = await fixture.app.inject({ method: 'GET', url: '/schemas/cdr/v1.json' });
    expect([schema.statusCode, schema.headers['content-type']]).toEqual([200, 'application/schema+json; charset=utf-8']);
    expect(JSON.parse(schema.payload)).toMatchObject({ $id: 'urn:voltbus:schema:cdr:v1', title: 'Cdr' });
    const unknown = await fixture.app.inject({ method: 'GET', url: '/schemas/nothing/v1.json' });
    expect([unknown.statusCode, unknown.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });
});
