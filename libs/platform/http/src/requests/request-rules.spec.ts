import { Body, Controller, Get, Module, Param, Put, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLogger } from '@voltbus/testing';
import { z } from 'zod';
import { Needs } from '../auth/access';
import { OF_TENANT } from '../auth/reach';
import { TestApp } from '../testing/test-app';
import { httpApi } from '../http-api';
import { ApiZodQuery } from '../openapi/zod-decorators';
import { pageQueryOf } from '../lists/page';
import { text } from '../values/values';
import { zodBody, zodParam, zodQuery } from './zod.pipes';

const position = z.tuple([z.int(), z.string()]);
const query = pageQueryOf(position).extend({ station: text.optional(), state: z.enum(['active', 'ended']).optional() });

@Controller('v1')
class Lists {
  @Get(['things', 'others', 'of/:station'])
  @Needs('stations:read', OF_TENANT)
  @ApiZodQuery(query)
  list(@Query(zodQuery(query)) { limit, cursor: [last] = [-1, 'name'] }: z.output<typeof query>) {
    const [rows, end] = [[0, 1, 2, 3, 4], last + limit];
    return { items: rows.filter((row) => row > last && row <= end), nextCursor: end < 4 ? JSON.stringify([end, 'name']) : null };
  }

  @Put('strict')
  @Needs('stations:read', OF_TENANT)
  strict(@Body(zodBody(z.strictObject({ a: z.int().optional() }))) body: unknown) {
    return { body };
  }

  @Put('things/:name')
  @Needs('stations:read', OF_TENANT)
  put(@Param('name') name: string, @Body(zodBody(z.unknown())) body: unknown) {
    return { name, body };
  }
}

const level = z.union([z.literal(0), z.literal(1)]);
const shape = z.discriminatedUnion('kind', [z.object({ kind: z.literal('round') }), z.object({ kind: z.literal('square') })]);
const kindSchema = z.strictObject({
  ...{ level, shape: shape.optional(), colours: z.array(z.enum(['red'])).optional() },
  name: z.union([z.string(), z.enum(['a'])]).optional(),
});

@Controller('v1')
class Kinds {
  @Put('kinds/:kind')
  @Needs('stations:read', OF_TENANT)
  put(@Param('kind', zodParam('kind', z.enum(['a', 'b']))) kind: string, @Body(zodBody(kindSchema)) body: unknown) {
    return { kind, body };
  }
}

@Module({ controllers: [Lists, Kinds] })
class ListsModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await httpApi.create({ module: ListsModule }, { logger: false }, { settings: TestApp.settings(), logger: silentLogger });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());

interface Sent {
  method?: 'GET' | 'PUT' | 'POST' | 'HEAD' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'TRACE' | 'PROPFIND';
  body?: string | Buffer;
  headers?: Record<string, string>;
}

async function send(url: string, { method = 'GET', body, headers = {} }: Sent = {}) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await app.inject({
    ...{ method: method as 'GET', url }, // any of the methods
    ...(body === undefined ? {} : { payload: body }),
    headers: { authorization: `Bearer ${TestApp.KEY}`, ...type, ...headers },
  });
  const { statusCode, payload } = answer;
  return { status: statusCode, headers: answer.headers, body: (payload === '' ? {} : JSON.parse(payload)) as Record<string, unknown> };
}
const put = (body: string | Buffer, headers: Record<string, string> = {}) => send('/v1/things/a', { method: 'PUT', body, headers });
const wrong = (status: number, code: string, ...paths: string[]) => ({
  status,
  body: { code, ...(paths.length === 0 ? {} : { errors: paths.map((path) => expect.objectContaining({ path })) }) },
});

describe('the parameters of a request', () => {
  it('are refused under an unknown name, with the names that the route takes', async () => {
    const answer = await send('/v1/things?statoin=A&state=active');
    expect(answer).toMatchObject(wrong(400, 'bad-request', '/statoin'));
    expect(answer.body['detail']).toContain('limit, cursor, station, state');
    expect(await send('/v1/things/a?force=true', { method: 'PUT', body: '{}' })).toMatchObject(wrong(400, 'bad-request', '/force'));
  });

  it.each([
    ['limit=1&limit=2', '/limit'],
    ['station=A&station=B', '/station'],
    ['state=Active', '/state'],
    ['limit=0', '/limit'],
    ['limit=', '/limit'],
    ['limit=1e1', '/limit'],
    ['limit=0x10', '/limit'],
    ['limit=99999999999999999999', '/limit'],
    ['station=%00', '/station'],
    [`station=${'x'.repeat(1_025)}`, '/station'],
    ['__proto__=1', '/__proto__'],
    ['constructor=1', '/constructor'],
  ])('are refused as %s', async (asked, path) => {
    expect(await send(`/v1/things?${asked}`)).toMatchObject(wrong(400, 'bad-request', path));
  });

  it('are refused in the path, by name, where no column could hold them', async () => {
    expect(await send('/v1/of/%00')).toMatchObject(wrong(404, 'not-found', '/station'));
    expect(await send(`/v1/of/${'x'.repeat(1_025)}`)).toMatchObject(wrong(404, 'not-found', '/station'));
    expect(await send('/v1/things/%1b', { method: 'PUT', body: '{}' })).toMatchObject(wrong(422, 'invalid', '/name'));
    expect(await send(`/v1/of/${'x'.repeat(1_024)}`)).toMatchObject({ status: 200 });
    expect((await send('/v1/of/%ed%a0%80')).status).toBe(400); // half of a surrogate pair is no UTF-8
  });
});

describe('cursors', () => {
  const first = async (url: string) => String((await send(url)).body['nextCursor']);

  it('lead from page to page, also with another limit', async () => {
    const cursor = await first('/v1/things?limit=2');
    expect((await send(`/v1/things?limit=3&cursor=${cursor}`)).body).toEqual({ items: [2, 3, 4], nextCursor: null });
  });

  it('are valid only for their list, its path, its filters and its tenant', async () => {
    const [plain, filtered, ofA] = await Promise.all(['/v1/things?limit=1', '/v1/things?limit=1&station=A', '/v1/of/A?limit=1'].map(first));
    expect((await send(`/v1/things?station=A&cursor=${filtered ?? ''}`)).status).toBe(200);
    expect((await send(`/v1/of/A?cursor=${ofA ?? ''}`)).status).toBe(200);
    const elsewhere = [
      send(`/v1/others?cursor=${plain ?? ''}`),
      send(`/v1/things?station=B&cursor=${filtered ?? ''}`),
      send(`/v1/things?cursor=${filtered ?? ''}`),
      send(`/v1/of/B?cursor=${ofA ?? ''}`),
      send(`/v1/things?cursor=${plain ?? ''}`, { headers: { 'voltbus-tenant': 'other' } }),
    ];
    for (const answer of await Promise.all(elsewhere)) expect(answer).toMatchObject(wrong(400, 'invalid-cursor', '/cursor'));
  });

  it('are refused when they were forged or changed', async () => {
    const sealed = Buffer.from(await first('/v1/things?limit=1'), 'base64url');
    const changed = [...sealed.keys()].map((at) => sealed.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    const forged = [
      ...changed.map((bytes) => Buffer.from(bytes).toString('base64url')),
      ...['[1,"a"]', '8.7e15', '["\\u0000"]', 'A', ''].map((plain) => Buffer.from(plain).toString('base64url')),
      ...['!!', '%00', '9'.repeat(1_000), sealed.subarray(0, 10).toString('base64url')],
    ].filter((cursor) => cursor !== '');
    for (const cursor of forged) expect((await send(`/v1/things?cursor=${cursor}`)).status).toBe(400);
    expect(await send('/v1/things?cursor=')).toMatchObject(wrong(400, 'invalid-cursor', '/cursor'));
  });
});

describe('a body', () => {
  it.each([
    ['latin-1', Buffer.from('{"name":"caf\u00e9"}', 'latin1'), {}, 400, 'bad-request'],
    ['with a byte order mark', Buffer.from('\ufeff{}'), {}, 400, 'bad-request'],
    ['declared as gzip', '{}', { 'content-encoding': 'gzip' }, 415, 'unsupported-media-type'],
    ['declared as br', '{}', { 'content-encoding': 'br' }, 415, 'unsupported-media-type'],
    ['in another charset', '{}', { 'content-type': 'application/json; charset=iso-8859-1' }, 415, 'unsupported-media-type'],
    ['without a content type', '{}', { 'content-type': '' }, 415, 'unsupported-media-type'],
    ['of a type that only contains JSON', '{}', { 'content-type': 'application/merge-patch+json' }, 415, 'unsupported-media-type'],
    ['nested too deep', '['.repeat(33) + ']'.repeat(33), {}, 400, 'bad-request'],
    ['nested beyond any stack', '['.repeat(500_000) + ']'.repeat(500_000), {}, 400, 'bad-request'],
    ['that is no JSON', "{'a':1}", {}, 400, 'bad-request'],
  ])('%s is refused', async (_what, body, headers, status, code) => {
    expect(await put(body, headers)).toMatchObject(wrong(status, code));
  });

  it.each([
    ['{"a":1,"a":2}', 400, '/a'],
    ['{"b":[{},{"c":1,"d":{"c":2},"\\u0063":3}]}', 400, '/b/1/c'],
    ['{"x/y":{"a":1,"a":1}}', 400, '/x~1y/a'],
    ['{"a":{"__proto__":{}}}', 400, '/a/__proto__'],
    ['{"a":[0,{"constructor":{"prototype":{}}}]}', 400, '/a/1/constructor'],
    ['{"a":["\\ud800"]}', 422, '/a/0'],
    ['{"a":{"b":"\\u0000"}}', 422, '/a/b'],
    ['{"\\udfff":1}', 422, '/\ufffd'],
    ['{"a":1e400}', 422, '/a'],
    [`{"a":${'9'.repeat(400)}}`, 422, '/a'],
  ])('%s is refused with %i at %s', async (body, status, path) => {
    expect(await put(body)).toMatchObject(wrong(status, status === 400 ? 'bad-request' : 'invalid', path));
  });

  it.each([
    ['{"a":{"b":1},"c":{"b":2},"d":[{"b":1},{"b":1}]}'],
    ['{"a":"{\\"a\\":1,\\"a\\":2}","b":"\\ud83d\\ude00\\n"}'],
    ['"plain"'],
    ['[1,2,"a",{"a":[]}]'],
    ['['.repeat(32) + ']'.repeat(32)],
  ])('%s is read as it is', async (body) => {
    expect(await put(body)).toMatchObject({ status: 200, body: { body: JSON.parse(body) as unknown } });
  });

  it('with very many errors is answered with the first hundred', async () => {
    const members = Array.from({ length: 60_000 }, (_, index) => `"member-${index}":1`);
    const answer = await send('/v1/strict', { method: 'PUT', body: `{${members.join()}}` });
    expect([answer.status, answer.body['code']]).toEqual([422, 'invalid']);
    expect(answer.body['errors']).toHaveLength(100);
    const long = await send('/v1/strict', { method: 'PUT', body: `{"${'x'.repeat(500_000)}":1}` });
    expect(JSON.stringify(long.body).length).toBeLessThan(2_000);
  });

  it('is read as UTF-8, with or without a charset, and in the encoding identity', async () => {
    const headerSets: Record<string, string>[] = [
      { 'content-type': 'application/json; charset=UTF-8' },
      { 'content-encoding': 'identity' },
    ];
    for (const headers of headerSets)
      expect(await put('{"a":"\u00e9"}', headers)).toMatchObject({
        status: 200,
        body: { body: { a: '\u00e9' } },
      });
  });
});

describe('a method', () => {
  it('that a path does not take is answered with those that it takes', async () => {
    for (const method of ['PUT', 'POST', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'] as const) {
      const { status, headers, body } = await send('/v1/things?limit=1', { method });
      expect({ status, allow: headers['allow'], code: body['code'] }).toEqual({
        status: 405,
        allow: 'GET, HEAD, OPTIONS',
        code: 'method-not-allowed',
      });
    }
    expect((await send('/v1/things/a')).headers['allow']).toBe('OPTIONS, PUT');
    expect(await send('/v1/thinks')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('OPTIONS is answered with the methods of the path, without a key', async () => {
    const options = (url: string) => send(url, { method: 'OPTIONS', headers: { authorization: '' } });
    for (const [url, allow] of [
      ['/v1/things', 'GET, HEAD, OPTIONS'],
      ['/v1/things/a?x=1', 'OPTIONS, PUT'],
      ['/problems/invalid', 'GET, HEAD, OPTIONS'],
    ]) {
      const { status, headers, body } = await options(url ?? '');
      expect([status, headers['allow'], body]).toEqual([204, allow, {}]);
    }
    expect(await options('/v1/thinks')).toMatchObject(wrong(404, 'not-found'));
  });

  it('HEAD is answered as GET, with its headers and without a body', async () => {
    const variable = ['date', 'ratelimit', 'x-request-id'];
    for (const url of ['/v1/things?limit=2', '/v1/things?limit=0', '/openapi.json', '/problems/invalid']) {
      const [head, get] = await Promise.all(
        (['HEAD', 'GET'] as const).map((method) => app.inject({ method, url, headers: { authorization: `Bearer ${TestApp.KEY}` } })),
      );
      const shown = ({ headers }: { headers: object }) => Object.entries(headers).filter(([name]) => !variable.includes(name));
      expect([url, head?.statusCode, head?.payload]).toEqual([url, get?.statusCode, '']);
      expect(shown(head ?? { headers: {} })).toEqual(shown(get ?? { headers: {} }));
    }
  });
});

describe('what is wrong in a request', () => {
  it('is named with its part, its place and the values that are allowed there', async () => {
    expect((await send('/v1/things?state=Active')).body['errors']).toEqual([
      { in: 'query', path: '/state', message: 'is not one of "active", "ended"', allowed: ['active', 'ended'] },
    ]);
    expect((await send('/v1/kinds/c', { method: 'PUT', body: '{"level":0}' })).body['errors']).toEqual([
      { in: 'path', path: '/kind', message: 'is not one of "a", "b"', allowed: ['a', 'b'] },
    ]);
    const body = { level: 7, shape: { kind: 'oval' }, colours: ['red', 'pink'], more: 1 };
    expect((await send('/v1/kinds/a', { method: 'PUT', body: JSON.stringify(body) })).body['errors']).toEqual([
      { path: '/level', message: 'is not one of 0, 1', allowed: [0, 1] },
      { path: '/shape/kind', message: 'is not one of "round", "square"', allowed: ['round', 'square'] },
      { path: '/colours/1', message: 'is not one of "red"', allowed: ['red'] },
      { path: '/more', message: 'is no member of it' },
    ]);
    expect((await send('/v1/kinds/a', { method: 'PUT', body: '{"level":0,"name":1}' })).body['errors']).toEqual([
      { path: '/name', message: expect.not.stringContaining('one of') },
    ]);
  });
});
