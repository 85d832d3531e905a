import { Body, Controller, HttpCode, Module, Param, Post, Put, Res } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { Needs, OF_TENANT, MAX_ANSWER_BYTES, MAX_KEYS_OF_TENANT } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import type { FastifyReply } from 'fastify';
import { startHttp, type HttpFixture } from '../testing/start-http';
import { TypeormIdempotencyStore } from './store/typeorm-idempotency-store';

const NEW_TENANT = { currency: 'EUR', defaultTariff: null };

/** How often each thing was made. */
const made = new Map<string, number>();
let begun: () => void = () => undefined;
let goOn: Promise<void> = Promise.resolve();

@Controller('v1/things/:name')
class Things {
  @Post()
  @Needs('stations:write', OF_TENANT)
  async make(@Param('name') name: string, @Body() { fail }: { fail?: string } = {}, @Res({ passthrough: true }) reply: FastifyReply) {
    if (fail === 'refused') throw new CsmsError('conflict', 'not now');
    if (fail === 'defect') throw new Error('a defect');
    const times = (made.get(name) ?? 0) + 1;
    made.set(name, times);
    begun();
    await goOn;
    void reply.header('location', `/v1/things/${name}/${times}`).header('etag', `"${times}"`);
    return name === 'large' ? { times, large: 'x'.repeat(MAX_ANSWER_BYTES) } : { times };
  }

  @Post('silent')
  @Needs('stations:write', OF_TENANT)
  @HttpCode(204)
  silent(@Param('name') name: string): void {
    made.set(name, (made.get(name) ?? 0) + 1);
  }

  @Put()
  @Needs('stations:write', OF_TENANT)
  put(@Param('name') name: string) {
    made.set(name, (made.get(name) ?? 0) + 1);
    return { times: made.get(name) };
  }
}
@Module({ controllers: [Things] })
class ThingsModule {}

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp(ThingsModule);
});
afterAll(() => http?.close());

interface Sent {
  key?: string | null;
  body?: object;
  method?: 'POST' | 'PUT';
  tenant?: string;
  apiKey?: string;
}

async function send(url: string, { key = 'key', body = {}, method = 'POST', tenant = 'default', apiKey = TestApp.KEY }: Sent = {}) {
  const { statusCode, headers, payload } = await http.app.app.inject({
    ...{ method, url, payload: body },
    headers: { authorization: `Bearer ${apiKey}`, 'voltbus-tenant': tenant, ...(key === null ? {} : { 'idempotency-key': key }) },
  });
  const { location, etag, 'idempotent-replayed': replayed, 'retry-after': retryAfter } = headers;
  const read = (payload === '' ? null : JSON.parse(payload)) as { code?: string; errors?: object[]; key?: string } | null;
  return { status: statusCode, location, etag, replayed, retryAfter, body: read };
}

const shift = (column: string): Promise<unknown> =>
  http.service.database.query(`UPDATE device_config.idempotency_keys SET claimed_at = claimed_at - interval '${column}'`);

afterEach(async () => {
  jest.restoreAllMocks();
  await http.service.database.query('DELETE FROM device_config.idempotency_keys');
  made.clear();
  [begun, goOn] = [() => undefined, Promise.resolve()];
});

describe('a POST with an Idempotency-Key', () => {
  it('is carried out once, and its repeats are given the same answer, which is recorded as one change', async () => {
    const first = await send('/v1/things/a', { body: { x: 1, y: { a: 1, b: [1, 2] } } });
    expect(first).toMatchObject({ status: 201, location: '/v1/things/a/1', etag: '"1"', body: { times: 1 }, replayed: undefined });
    const again = await send('/v1/things/a', { body: { y: { b: [1, 2], a: 1 }, x: 1 } }); // the order of members has no meaning
    expect(again).toEqual({ ...first, replayed: 'true' });
    expect(made.get('a')).toBe(1);
    expect((await http.request<{ items: [] }>('GET', '/v1/audit-log?path=/v1/things/a')).body.items).toHaveLength(1);
    const silent = await send('/v1/things/a/silent', { key: 'silent' });
    expect(await send('/v1/things/a/silent', { key: 'silent' })).toEqual({ ...silent, status: 204, body: null, replayed: 'true' });
    expect(made.get('a')).toBe(2);
  });

  it('is refused when the key was used for another body or route', async () => {
    await send('/v1/things/a', { body: { x: [1, 2] } });
    const others: [string, object][] = [
      ['/v1/things/a', { x: [2, 1] }],
      ['/v1/things/a', {}],
      ['/v1/things/b', { x: [1, 2] }],
      ['/v1/things/a/silent', { x: [1, 2] }],
      ['/v1/api-keys', { x: [1, 2] }],
    ];
    for (const [url, body] of others)
      expect(await send(url, { body })).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } });
    expect([...made]).toEqual([['a', 1]]);
  });

  it('is another request for each tenant and for each API key', async () => {
    await http.request('PUT', '/v1/tenants/other', NEW_TENANT);
    const { body } = await http.request<{ key: string }>('POST', '/v1/api-keys', { name: 'k', scopes: ['admin'] });
    const all = [{}, { tenant: 'other' }, { apiKey: body.key }];
    for (const [at, caller] of all.entries())
      expect(await send('/v1/things/a', caller)).toMatchObject({ status: 201, body: { times: at + 1 } });
    for (const [at, caller] of all.entries())
      expect(await send('/v1/things/a', caller)).toMatchObject({ replayed: 'true', body: { times: at + 1 } });
  });

  it('is answered 409 with Retry-After while the first is worked on, and by one answer in the end', async () => {
    let finish: () => void = () => undefined;
    goOn = new Promise((resolve) => (finish = resolve));
    const working = new Promise<void>((resolve) => (begun = resolve));
    const first = send('/v1/things/a');
    await working;
    expect(await send('/v1/things/a')).toMatchObject({ status: 409, retryAfter: '1', body: { code: 'idempotency-key-in-use' } });
    expect(await send('/v1/things/a', { body: { x: 1 } })).toMatchObject({ body: { code: 'idempotency-key-reused' } });
    finish();
    expect(await send('/v1/things/a', {}).then(() => first)).toMatchObject({ status: 201, body: { times: 1 } });
    expect(await send('/v1/things/a')).toMatchObject({ status: 201, replayed: 'true', body: { times: 1 } });
  });

  it('is carried out by one of many at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('/v1/things/a')));
    expect(made.get('a')).toBe(1);
    expect(answers.filter(({ status, replayed }) => status === 201 && replayed === undefined)).toHaveLength(1);
    for (const { status, body } of answers) expect([201, 409]).toContain(body?.code === 'idempotency-key-in-use' ? 409 : status);
  });

  it('may be sent again, also corrected, when it was refused or has failed', async () => {
    expect(await send('/v1/things/a', { body: { fail: 'refused' } })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await send('/v1/things/a', { body: { fail: 'defect' } })).toMatchObject({ status: 500 });
    expect(await send('/v1/things/a')).toMatchObject({ status: 201, replayed: undefined });
  });

  it('is never carried out twice where its answer could not be stored: the caller is told to look', async () => {
    jest.spyOn(TypeormIdempotencyStore.prototype, 'complete').mockRejectedValueOnce(new Error('killed'));
    expect(await send('/v1/things/a')).toMatchObject({ status: 201, body: { times: 1 } });
    expect(await send('/v1/things/a')).toMatchObject({ body: { code: 'idempotency-key-in-use' } }); // it cannot be known yet
    await shift('60 seconds');
    expect(await send('/v1/things/a')).toMatchObject({ status: 409, retryAfter: undefined, body: { code: 'answer-not-kept' } });
    expect(await send('/v1/things/large', { key: 'large' })).toMatchObject({ status: 201 });
    expect(await send('/v1/things/large', { key: 'large' })).toMatchObject({ status: 409, body: { code: 'answer-not-kept' } });
    expect([...made]).toEqual([
      ['a', 1],
      ['large', 1],
    ]);
  });

  it('is another request after 24 hours', async () => {
    await send('/v1/things/a');
    await shift('23 hours 59 minutes');
    expect(await send('/v1/things/a')).toMatchObject({ replayed: 'true' });
    await shift('1 minute');
    expect(await send('/v1/things/a', { body: { x: 1 } })).toMatchObject({ status: 201, replayed: undefined, body: { times: 2 } });
    expect(await send('/v1/things/a', { body: { x: 1 } })).toMatchObject({ replayed: 'true', body: { times: 2 } });
  });

  it.each([[''], ['x'.repeat(256)], ['a b'], ['a, a'], ['caf\u00e9']])('is refused under the key %j', async (key) => {
    const errors = [expect.objectContaining({ in: 'header', path: '/Idempotency-Key' })];
    expect(await send('/v1/things/a', { key })).toMatchObject({ status: 400, body: { code: 'bad-request', errors } });
    expect(made.size).toBe(0);
  });

  it('has no effect of its own on other methods, and a POST without a key is carried out each time', async () => {
    for (const times of [1, 2]) expect(await send('/v1/things/a', { method: 'PUT' })).toMatchObject({ status: 200, body: { times } });
    for (const times of [1, 2]) expect(await send('/v1/things/b', { key: null })).toMatchObject({ status: 201, body: { times } });
    for (const times of [3, 3]) expect(await send('/v1/things/b', { key: '~'.repeat(255) })).toMatchObject({ body: { times } });
  });

  it('is answered 429 when its tenant has as many keys as it may have, unless the key is one of them', async () => {
    await send('/v1/things/a');
    await http.service.database.query(
      `INSERT INTO device_config.idempotency_keys SELECT 'default', 'administrator', nth::text, '' FROM generate_series(2, $1::integer) AS nth`,
      [MAX_KEYS_OF_TENANT],
    );
    expect(await send('/v1/things/a', { key: 'more' })).toMatchObject({
      status: 429,
      retryAfter: '600',
      body: { code: 'too-many-requests' },
    });
    expect(await send('/v1/things/a')).toMatchObject({ replayed: 'true' });
    await http.request('PUT', '/v1/tenants/another', NEW_TENANT);
    expect(await send('/v1/things/a', { key: 'more', tenant: 'another' })).toMatchObject({ status: 201 });
  });
});

it('a secret that is shown once is shown again to a repeat, and stands in no table', async () => {
  const body = { name: 'once', scopes: ['read'] };
  const first = await send('/v1/api-keys', { key: 'make-a-key', body });
  const again = await send('/v1/api-keys', { key: 'make-a-key', body });
  expect([first.status, again]).toEqual([201, { ...first, replayed: 'true' }]);
  const [row] = await http.service.database.query<Record<string, unknown>[]>('SELECT * FROM device_config.idempotency_keys');
  const stored = Object.values(row ?? {})
    .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)))
    .join();
  expect(stored.length).toBeGreaterThan(300);
  for (const secret of ['make-a-key', first.body?.key ?? 'none', 'once']) expect(stored).not.toContain(secret);
});
