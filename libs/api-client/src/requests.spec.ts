import { ApiProblem, NoAnswer, UnexpectedAnswer, VoltbusClient, type ClientOptions } from './index';
import { readAnswer } from './read-answer';
import { mayRepeat } from './retries';
import { retryAfterSecondsOf } from './retry-after';
import { ScriptedServer, cut, html, json, problem, type Script } from './testing/scripted-server';

const FAST = { firstPauseMs: 1, longestPauseMs: 2 };
const STATION = { path: { station: 'CS' } };
const COMMAND = { ...STATION, body: { action: 'Reset' } };

let server: ScriptedServer | undefined;
const started: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.close()));
  server = undefined;
});

async function clientOf(scripts: readonly Script[], options: Partial<ClientOptions> = {}): Promise<VoltbusClient> {
  server = await ScriptedServer.start(...scripts);
  started.push(server);
  return new VoltbusClient({ baseUrl: server.url, key: 'secret', retry: FAST, ...options });
}

const received = () => server?.received ?? [];
const thrown = (asked: Promise<unknown>) =>
  asked.then(
    (answer) => expect(answer).toBe('an error'),
    (error: unknown) => error,
  );

describe('a request', () => {
  it('carries its key, its tenant, its values percent-encoded and its body', async () => {
    const client = await clientOf([json(200, {})], { tenant: 'acme' });
    await client.put('/v1/stations/{station}', { path: { station: 'CS 1/å' }, body: { password: 'p' } });
    await client.get('/v1/cdrs', { query: { station: ['a&b=c', 'd'], limit: 3, issuedFrom: '2026-01-01T00:00:00+01:00' } });
    expect(received()).toMatchObject([
      { method: 'PUT', url: '/v1/stations/CS%201%2F%C3%A5', body: '{"password":"p"}' },
      { method: 'GET', url: '/v1/cdrs?station=a%26b%3Dc,d&limit=3&issuedFrom=2026-01-01T00%3A00%3A00%2B01%3A00' },
    ]);
    expect(received()[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'voltbus-tenant': 'acme',
      'content-type': 'application/json',
    });
  });

  it('carries text as it is, under the content type that the caller names', async () => {
    const client = await clientOf([json(202, {})]);
    const headers = { 'Content-Type': 'text/csv' };
    await client.post('/v1/imports', { query: { kind: 'tokens' }, body: 'idToken,status\nA,Accepted\n', headers });
    expect(received()[0]).toMatchObject({ body: 'idToken,status\nA,Accepted\n', headers: { 'content-type': 'text/csv' } });
  });

  it.each(['', '.', '..'])('whose path value is %j is not sent, because it would reach another path', async (station) => {
    const client = await clientOf([json(200, {})]);
    await expect(client.get('/v1/stations/{station}', { path: { station } })).rejects.toThrow(TypeError);
    expect(received()).toEqual([]);
  });

  it('goes without a key and with cookies for a session, and asks for the key of each try', async () => {
    const seen: RequestInit[] = [];
    const record = (_url: unknown, init?: RequestInit) => (
      seen.push(init ?? {}),
      Promise.resolve(Response.json({ items: [], nextCursor: null }))
    );
    await new VoltbusClient({ baseUrl: '', credentials: 'include', fetch: record }).get('/v1/stations');
    expect(seen[0]).toMatchObject({ credentials: 'include', redirect: 'manual' });
    expect(new Headers(seen[0]?.headers).has('authorization')).toBe(false);
    let made = 0;
    const client = await clientOf([cut, json(200, {})], { key: () => Promise.resolve(`key-${(made += 1)}`) });
    await client.get('/v1/stations');
    expect(received().map(({ headers }) => headers.authorization)).toEqual(['Bearer key-1', 'Bearer key-2']);
  });
});

describe('a repeat', () => {
  const idempotent = { headers: { 'If-Match': '"1"' } };
  it.each<[string, (client: VoltbusClient) => Promise<unknown>, Script, boolean]>([
    ['GET, cut', (client) => client.get('/v1/stations'), cut, true],
    ['GET, 503', (client) => client.get('/v1/stations'), problem(503, 'unavailable', { 'retry-after': '0' }), true],
    ['GET, 429', (client) => client.get('/v1/stations'), problem(429, 'too-many-requests', { 'retry-after': '0' }), true],
    ['GET, 502 of a proxy', (client) => client.get('/v1/stations'), html(502), true],
    ['GET, 408', (client) => client.get('/v1/stations'), problem(408, 'request-timeout'), true],
    ['PATCH, 408', (client) => client.patch('/v1/stations/{station}', { ...STATION, body: {} }), problem(408, 'request-timeout'), true],
    ['PATCH, 408 of a proxy', (client) => client.patch('/v1/stations/{station}', { ...STATION, body: {} }), html(408), false],
    ['POST, 408', (client) => client.post('/v1/stations/{station}/commands', COMMAND), problem(408, 'request-timeout'), true],
    ['POST, 408 of a proxy', (client) => client.post('/v1/stations/{station}/commands', COMMAND), html(408), true],
    ['DELETE, 408', (client) => client.delete('/v1/stations/{station}', STATION), problem(408, 'request-timeout'), true],
    ['GET, 500', (client) => client.get('/v1/stations'), problem(500, 'internal'), false],
    ['GET, 404', (client) => client.get('/v1/stations'), problem(404, 'unknown-tenant'), false],
    ['GET, a page of HTML', (client) => client.get('/v1/stations'), html(200), false],
    ['PUT, cut', (client) => client.put('/v1/stations/{station}', { ...STATION, body: {} }), cut, true],
    ['PUT with If-Match, cut', (client) => client.put('/v1/stations/{station}', { ...STATION, body: {}, ...idempotent }), cut, false],
    ['DELETE, cut', (client) => client.delete('/v1/stations/{station}', STATION), cut, true],
    ['POST, cut', (client) => client.post('/v1/stations/{station}/commands', COMMAND), cut, true],
    ['POST, 503', (client) => client.post('/v1/stations/{station}/commands', COMMAND), problem(503, 'unavailable'), true],
    [
      'POST, its key in use',
      (client) => client.post('/v1/stations/{station}/commands', COMMAND),
      problem(409, 'idempotency-key-in-use'),
      false,
    ],
  ])('of %s', async (_title, send, fault, isRepeated) => {
    const client = await clientOf([fault, json(200, { done: true })]);
    const outcome = await send(client).catch((error: Error) => error);
    expect([received().length, outcome instanceof Error]).toEqual(isRepeated ? [2, false] : [1, true]);
  });

  it('of a PATCH is made only after an answer that nothing was done', () => {
    const patch = { method: 'patch' as const, headers: new Headers() };
    const refused = (status: number) => new ApiProblem('PATCH', { status, headers: new Headers() }, '');
    expect([new NoAnswer('PATCH', false), refused(503), refused(429)].map((error) => mayRepeat(patch, error, 1))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('of a POST has the Idempotency-Key of the first try, also while that is still being worked on; another POST has another', async () => {
    const client = await clientOf([cut, problem(409, 'idempotency-key-in-use', { 'retry-after': '0' }), json(202, {})]);
    await client.post('/v1/stations/{station}/commands', COMMAND);
    await client.post('/v1/stations/{station}/commands', COMMAND);
    await client.post('/v1/stations/{station}/commands', { ...COMMAND, idempotencyKey: 'mine' });
    const [first, second, third, other, mine] = received().map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect([second, third]).toEqual([first, first]);
    expect(other).not.toBe(first);
    expect(mine).toBe('mine');
  });

  it('of a DELETE that did not come in time, and then finds nothing, is no success', async () => {
    const client = await clientOf([problem(408, 'request-timeout'), problem(404, 'not-found')]);
    expect(await thrown(client.delete('/v1/stations/{station}', STATION))).toMatchObject({ code: 'not-found' });
  });

  it('of a DELETE whose answer was lost succeeds when it finds nothing; a first DELETE that finds nothing does not', async () => {
    const client = await clientOf([cut, problem(404, 'not-found')]);
    await client.delete('/v1/stations/{station}', STATION);
    expect(await thrown(client.delete('/v1/stations/{station}', STATION))).toMatchObject({ code: 'not-found' });
  });

  it('is made as often as allowed, and not when the server asks for more time than there is', async () => {
    const client = await clientOf([problem(503, 'unavailable')]);
    expect(await thrown(client.get('/v1/stations'))).toMatchObject({ status: 503 });
    expect(received()).toHaveLength(4);
    const other = await clientOf([problem(503, 'unavailable', { 'retry-after': '99999999999999999999' })]);
    expect(await thrown(other.get('/v1/stations'))).toMatchObject({ code: 'unavailable', retryAfterSeconds: 86_400 });
    expect(received()).toHaveLength(1);
  });

  it('is not made once the caller has aborted, in whose words the request ends', async () => {
    const client = await clientOf([problem(503, 'unavailable', { 'retry-after': '50' })]);
    const abort = new AbortController();
    const asked = client.get('/v1/stations', { signal: abort.signal });
    setImmediate(() => abort.abort(new Error('the user left')));
    await expect(asked).rejects.toThrow('the user left');
    await expect(client.get('/v1/stations', { signal: abort.signal })).rejects.toThrow('the user left');
    expect(received().length).toBeLessThan(2);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [null, null],
    ['', null],
    ['0', 0],
    [' 7 ', 7],
    ['99999999999999999999', 86_400],
    ['-5', null],
    ['1.5', null],
    ['1e3', null],
    ['soon', null],
    ['Thu, 01 Jan 2026 00:01:30 GMT', 90],
    ['Thursday, 01-Jan-26 00:01:30 GMT', 90],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400],
    ['Xxx, 99 Nonsense 00:00:00', null],
  ])('of %j means %j seconds', (header, seconds) => expect(retryAfterSecondsOf(header, now)).toBe(seconds));
});

describe('an answer', () => {
  it('that is a problem is an ApiProblem with its code, its places and its id', async () => {
    const errors = [{ path: '/currency', message: 'is none', allowed: ['EUR'] }];
    const client = await clientOf([json(422, { code: 'invalid', detail: 'wrong', requestId: 'r-1', errors, usedBy: ['x'] })]);
    const error = await thrown(client.get('/v1/stations'));
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({
      code: 'invalid',
      status: 422,
      detail: 'wrong',
      requestId: 'r-1',
      errors,
      retryAfterSeconds: null,
      body: { usedBy: ['x'] },
    });
  });

  it.each<[string, Script]>([
    ['a code of tomorrow', problem(418, 'teapot')],
    ['the page of a proxy', html(404)],
    ['no body', (response) => void response.writeHead(404).end()],
    ['JSON that is no problem', json(404, null)],
  ])('of 400 or above with %s is an `unrecognized` problem', async (_title, script) => {
    const error = await thrown((await clientOf([script])).get('/v1/stations'));
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ code: 'unrecognized', status: expect.any(Number) });
  });

  it.each<[string, Script]>([
    ['HTML', html(200)],
    ['broken JSON', (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":')],
    ['nothing', (response) => void response.writeHead(200).end()],
    ['a redirect', (response) => void response.writeHead(302, { location: '/login' }).end()],
  ])('of %s is an UnexpectedAnswer', async (_title, script) => {
    expect(await thrown((await clientOf([script, json(200, {})])).get('/v1/stations'))).toBeInstanceOf(UnexpectedAnswer);
    expect(received()).toHaveLength(1);
  });

  it('that is cut within is none, and so is one that does not come', async () => {
    const half: Script = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"items":[');
      setImmediate(() => response.socket?.destroy());
    };
    const once = { retry: { tries: 1 } };
    expect(await thrown((await clientOf([half], once)).get('/v1/stations'))).toMatchObject({ name: 'NoAnswer', timedOut: false });
    expect(await thrown((await clientOf([() => undefined], once)).get('/v1/stations', { timeoutMs: 20 }))).toMatchObject({
      name: 'NoAnswer',
      timedOut: true,
    });
  });

  it('is read whole when its pieces end within a character, and refused when it is too long', async () => {
    const bytes = Buffer.from(JSON.stringify({ station: 'Ånd 🚗' }));
    const pieces: Script = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const byte of bytes) response.write(Uint8Array.of(byte));
      response.end();
    };
    expect(await (await clientOf([pieces])).get('/v1/stations/{station}', STATION)).toEqual({ station: 'Ånd 🚗' });
    await expect(readAnswer('GET', Response.json('x'.repeat(100)), 50)).rejects.toThrow(UnexpectedAnswer);
  });
});

describe('a list', () => {
  const page = (nextCursor: string | null) => json(200, { items: [nextCursor], nextCursor, resumeCursor: `r-${nextCursor}` });

  it('is read page after page, from a cursor where one is given, with its filters', async () => {
    const client = await clientOf([page('b&'), page(null)]);
    const found: unknown[] = [];
    for await (const item of client.items('/v1/cdrs', { query: { limit: 1, cursor: 'a' } })) found.push(item);
    expect(found).toEqual(['b&', null]);
    expect(received().map(({ url }) => url)).toEqual(['/v1/cdrs?limit=1&cursor=a', '/v1/cdrs?limit=1&cursor=b%26']);
  });

  it.each([1, 2, 3, 10])('whose cursors go in a circle of %i ends with an error', async (length) => {
    const circle = Array.from({ length: 100 }, (_one, index) => page(`c${index < 5 ? `start-${index}` : index % length}`));
    const client = await clientOf(circle);
    const read = async () => {
      for await (const { items } of client.pages('/v1/cdrs')) expect(items).toHaveLength(1);
    };
    expect(await thrown(read())).toBeInstanceOf(UnexpectedAnswer);
    expect(received().length).toBeLessThan(60);
  });

  it('that is no list is an UnexpectedAnswer', async () => {
    const client = await clientOf([json(200, { items: 'none', nextCursor: null })]);
    expect(await thrown(client.items('/v1/cdrs').next())).toBeInstanceOf(UnexpectedAnswer);
  });

  it('of issued CDRs resumes at its cursor, and goes on looking where it is told to', async () => {
    const client = await clientOf([page('two'), page(null), page(null)]);
    const cursors: string[] = [];
    for await (const { resumeCursor } of client.issuedCdrs({ issuedFrom: '2026-01-01T00:00:00Z', resumeCursor: 'kept', pollEveryMs: 1 }))
      if (cursors.push(resumeCursor) === 3) break;
    expect(cursors).toEqual(['r-two', 'r-null', 'r-null']);
    expect(received().map(({ url }) => new URL(url, 'http://a').searchParams.get('cursor'))).toEqual(['kept', 'two', 'r-null']);
  });
});
