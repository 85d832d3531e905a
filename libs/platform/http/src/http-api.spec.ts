import { Body, Controller, Delete, Get, Module, Post, Put, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusUnavailable } from '@voltbus/bus';
import { CsmsError, PROBLEMS } from '@voltbus/contracts';
import { silentLogger } from '@voltbus/testing';
import { z } from 'zod';
import { Needs, Public } from './auth/access';
import { OF_TENANT } from './auth/reach';
import { TestApp } from './testing/test-app';
import { httpApi } from './http-api';
import { ApiZodBody, ApiZodQuery } from './openapi/zod-decorators';
import { pageQueryOf } from './lists/page';
import { Tenant } from './auth/caller-parameters';
import { zodBody, zodQuery } from './requests/zod.pipes';

const KEY = 'k'.repeat(40);
const thing = z.object({ name: z.string(), size: z.int() }).strict();
/** The query of a list whose positions are numbers. */
const numbers = pageQueryOf(z.int());

let slowBegun: () => void = () => undefined;
let slowEnds: () => void = () => undefined;

@Controller('v1')
class Things {
  @Get('whose')
  @Needs('stations:read', OF_TENANT)
  whose(@Tenant() tenant: string) {
    return { tenant };
  }

  @Get('open')
  @Public()
  open() {
    return { open: true };
  }

  @Get('slow')
  @Public()
  async slow() {
    const ended = new Promise<void>((resolve) => (slowEnds = resolve));
    slowBegun();
    await ended;
    return {};
  }

  @Get('admin')
  @Needs('tenants:read', OF_TENANT)
  admin() {
    return { admin: true };
  }

  @Put('things')
  @Needs('stations:read', OF_TENANT)
  @ApiZodBody(thing)
  put(@Body(zodBody(thing)) body: z.output<typeof thing>) {
    return body;
  }

  @Get('things')
  @Needs('stations:read', OF_TENANT)
  @ApiZodQuery(numbers)
  list(@Query(zodQuery(numbers)) { limit, cursor = 0 }: z.output<typeof numbers>) {
    const end = cursor + limit;
    return { items: [0, 1, 2, 3, 4].slice(cursor, end), nextCursor: end < 5 ? JSON.stringify(end) : null };
  }

  @Delete('things')
  @Needs('stations:read', OF_TENANT)
  remove(@Body() body: unknown) {
    return { body: body === undefined ? 'none' : body };
  }

  @Post('bare')
  @Needs('stations:read', OF_TENANT)
  bare(@Body() body: unknown) {
    return { body: body === undefined ? 'none' : body };
  }

  @Post('fails')
  @Needs('stations:read', OF_TENANT)
  fails(@Body() { how }: { how: string }) {
    if (how === 'bus') throw new BusUnavailable('away');
    if (how === 'database') throw Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
    if (how === 'conflict') throw new CsmsError('conflict', 'taken', { by: 'you' });
    throw new Error('secret details');
  }
}

@Module({ controllers: [Things] })
class ThingsModule {}

let app: NestFastifyApplication;
let url: string;
beforeAll(async () => {
  const settings = TestApp.settings();
  app = await httpApi.create({ module: ThingsModule }, { logger: false }, { settings, logger: silentLogger });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = await app.getUrl();
});
afterAll(() => app.close());

async function send(
  method: string,
  path: string,
  { body, headers = {}, key = KEY }: { body?: string; headers?: Record<string, string>; key?: string | null } = {},
) {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

describe('the HTTP API', () => {
  it.each([[null], ['wrong'], ['x'.repeat(40)]])('answers 401 to the key %s, as a problem', async (key) => {
    const { status, headers, body } = await send('GET', '/v1/whose', { key });
    expect({ status, type: headers.get('content-type'), challenge: headers.get('www-authenticate') }).toEqual({
      status: 401,
      type: expect.stringContaining('application/problem+json'),
      challenge: 'Bearer',
    });
    expect(body).toMatchObject({ status: 401, code: 'unauthorized', type: '/problems/unauthorized' });
  });

  it('needs no key for a public route', async () => {
    expect((await send('GET', '/v1/open', { key: null })).status).toBe(200);
  });

  it('takes the tenant of the header, else the default one', async () => {
    expect((await send('GET', '/v1/whose')).body).toEqual({ tenant: 'default' });
    expect((await send('GET', '/v1/whose', { headers: { 'voltbus-tenant': 'other' } })).body).toEqual({ tenant: 'other' });
    expect((await send('GET', '/v1/whose', { headers: { 'voltbus-tenant': 'No Such/Name' } })).body).toMatchObject({
      status: 400,
      code: 'bad-request',
    });
  });

  it('names every path of a body that is not valid', async () => {
    const { status, body } = await send('PUT', '/v1/things', { body: JSON.stringify({ size: 1.5, more: 1 }) });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'invalid',
      errors: expect.arrayContaining([expect.objectContaining({ path: '/name' }), expect.objectContaining({ path: '/size' })]),
    });
  });

  it('answers a body that breaks off with 400, not with a stack', async () => {
    expect(await send('PUT', '/v1/things', { body: '{"name":' })).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });

  it('treats an empty body as no body, whatever its content type and encoding', async () => {
    expect(await send('PUT', '/v1/things', { body: '' })).toMatchObject({ status: 422, body: { code: 'invalid' } });
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain; charset=latin1', 'none'])
      for (const [method, path] of [
        ['DELETE', '/v1/things'],
        ['POST', '/v1/bare'],
        ['GET', '/v1/whose'],
      ] as const) {
        const { status, body } = await send(method, path, { headers: { 'content-type': type, 'content-encoding': 'gzip' } });
        expect([type, method, status, body]).toEqual([
          type,
          method,
          method === 'POST' ? 201 : 200,
          method === 'GET' ? { tenant: 'default' } : { body: 'none' },
        ]);
      }
    expect(await send('POST', '/v1/bare', { body: 'a=1', headers: { 'content-type': 'text/plain' } })).toMatchObject({ status: 415 });
  });

  it('refuses a body above its limit', async () => {
    const { status, body } = await send('PUT', '/v1/things', { body: JSON.stringify({ name: 'x'.repeat(1_100_000) }) });
    expect({ status, body }).toMatchObject({ status: 413, body: { code: 'payload-too-large' } });
  });

  it('pages through a list to its end, and refuses a forged cursor and a limit above 200', async () => {
    const seen: unknown[] = [];
    for (let cursor: unknown = ''; cursor !== null;) {
      const { body } = await send('GET', `/v1/things?limit=2${cursor === '' ? '' : `&cursor=${String(cursor)}`}`);
      seen.push(...(body['items'] as unknown[]));
      cursor = body['nextCursor'];
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(await send('GET', '/v1/things?cursor=!!')).toMatchObject({ status: 400 });
    expect(await send('GET', '/v1/things?limit=201')).toMatchObject({ status: 400 });
  });

  it.each([
    ['bus', 503, 'unavailable'],
    ['database', 503, 'unavailable'],
    ['conflict', 409, 'conflict'],
    ['defect', 500, 'internal'],
  ])('answers the failure %s with %i %s', async (how, status, code) => {
    const answer = await send('POST', '/v1/fails', { body: JSON.stringify({ how }) });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });

  it.each([['/v1/open'], ['/docs'], ['/nowhere']])('sends %s with headers against scripts, frames and caches', async (path) => {
    const response = await fetch(`${url}${path}`);
    await response.text();
    const { headers } = response;
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect([headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual(['nosniff', 'no-store']);
  });

  it.each([
    ['not text', '/v1/%E0%A4%A'],
    ['too long', `/v1/${'x'.repeat(5_000)}`],
    ['outside', '/v1/..%2f..%2fetc/passwd'],
  ])('answers a path that is %s with a problem, not with a stack', async (_what, path) => {
    const { status, body } = await send('GET', path);
    expect({ status, body }).toEqual({ status: expect.any(Number), body: expect.objectContaining({ code: expect.any(String), status }) });
    expect([400, 404, 414]).toContain(status);
  });

  it.each([
    ['text/plain', 415],
    ['application/xml', 415],
    ['application/x-www-form-urlencoded', 415],
  ])('refuses a body of type %s with %i', async (type, status) => {
    expect(await send('PUT', '/v1/things', { body: 'name=a&size=1', headers: { 'content-type': type } })).toMatchObject({
      status,
      body: { code: 'unsupported-media-type' },
    });
  });

  it('refuses __proto__ in a body', async () => {
    const answer = await send('PUT', '/v1/things', { body: '{"name":"a","size":1,"__proto__":{"admin":true}}' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });

  it('finishes an open request when it is stopped', async () => {
    const other = await httpApi.create({ module: ThingsModule }, { logger: false }, { settings: TestApp.settings(), logger: silentLogger });
    await other.listen({ host: '127.0.0.1', port: 0 });
    const answer = fetch(`${await other.getUrl()}/v1/slow`);
    await new Promise<void>((resolve) => (slowBegun = resolve));
    const closed = other.close();
    slowEnds();
    expect(await (await answer).json()).toEqual({});
    await closed;
  });

  it('answers 404 to an unknown route, as a problem', async () => {
    expect(await send('GET', '/nowhere')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('leads from the type of every problem to a page about it, and to one of all problems', async () => {
    const { body } = await send('GET', '/nowhere');
    const page = await fetch(new URL(String(body['type']), `${url}/nowhere`));
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain(PROBLEMS['not-found'].remedy);
    const all = await (await fetch(`${url}/problems`)).text();
    for (const code of Object.keys(PROBLEMS)) {
      expect(all).toContain(`href="/problems/${code}"`);
      expect((await fetch(`${url}/problems/${code}`)).status).toBe(200);
    }
    for (const unknown of ['constructor', '__proto__', 'nothing'])
      expect(await send('GET', `/problems/${unknown}`, { key: null })).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('serves its description, made of the schemas that check, and a page of it that loads nothing from elsewhere', async () => {
    const { body } = await send('GET', '/openapi.json', { key: null });
    expect(body).toMatchObject({
      openapi: '3.1.0',
      paths: { '/v1/things': { put: { requestBody: { content: { 'application/json': { schema: { required: ['name', 'size'] } } } } } } },
    });
    const html = await (await fetch(`${url}/docs`)).text();
    expect(html).not.toMatch(/<script(?![^>]*src=)/); // the content security policy would not run it
    expect(html).not.toMatch(/(src|href)="https?:/);
    const script = await fetch(`${url}/docs/swagger-ui-bundle.js`);
    expect([script.status, (await script.text()).length > 100_000]).toEqual([200, true]);
  });
});
