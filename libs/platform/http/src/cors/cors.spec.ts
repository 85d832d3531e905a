import { Controller, Get, Module, Put } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLogger } from '@voltbus/testing';
import { Needs, Public } from '../auth/access';
import { OF_TENANT } from '../auth/reach';
import { httpApi } from '../http-api';
import { TestApp } from '../testing/test-app';

const OURS = 'https://app.example.com';
const ALSO_OURS = 'http://localhost:5173';
const key = { authorization: `Bearer ${TestApp.KEY}` };

@Controller('v1/things')
class Things {
  @Get()
  @Public()
  list() {
    return { items: [] };
  }

  @Put()
  @Needs('stations:read', OF_TENANT)
  put() {
    return {};
  }
}

@Module({ controllers: [Things] })
class ThingsModule {}

const open: NestFastifyApplication[] = [];
afterAll(() => Promise.all(open.map((app) => app.close())));

async function start(environment: Record<string, string> = { VOLTBUS_CORS_ORIGINS: `${OURS}, ${ALSO_OURS}` }) {
  const app = await httpApi.create(
    { module: ThingsModule },
    { logger: false },
    { settings: TestApp.settings(environment), logger: silentLogger },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  open.push(app);
  return {
    async send(method: 'GET' | 'PUT' | 'OPTIONS', headers: Record<string, string>, url = '/v1/things') {
      const answer = await app.inject({ method, url, headers });
      const cors = Object.entries(answer.headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary');
      return { status: answer.statusCode, cors: Object.fromEntries(cors), headers: answer.headers, text: answer.payload };
    },
  };
}

const asked = (origin: string, method = 'PUT') => ({
  origin,
  'access-control-request-method': method,
  'access-control-request-headers': 'authorization,content-type',
});

let api: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  api = await start();
});

describe('a page of a listed origin', () => {
  it.each([OURS, ALSO_OURS])('of %s may read answers, and the headers that it needs', async (origin) => {
    const { status, cors } = await api.send('GET', { origin });
    expect([status, cors['access-control-allow-origin'], cors['vary']]).toEqual([200, origin, 'Origin']);
    for (const name of ['ETag', 'Location', 'Retry-After', 'X-Request-Id', 'RateLimit', 'RateLimit-Policy'])
      expect(String(cors['access-control-expose-headers']).split(', ')).toContain(name);
    expect(cors).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each([
    ['401, without a key', 'PUT', {}, '/v1/things', 401],
    ['404', 'GET', key, '/v1/nothing', 404],
    ['400', 'GET', {}, '/v1/things?nonsense=1', 400],
  ] as const)('may read why it was refused with %s', async (_what, method, headers, url, status) => {
    const answer = await api.send(method, { ...headers, origin: OURS }, url);
    expect([answer.status, answer.cors['access-control-allow-origin']]).toEqual([status, OURS]);
  });

  it('is told before the request that it may send it, without a key and for any path', async () => {
    for (const url of ['/v1/things', '/v1/stations/CS-1']) {
      const { status, cors, text } = await api.send('OPTIONS', asked(OURS), url);
      expect([status, text, cors['access-control-allow-origin'], cors['access-control-max-age']]).toEqual([204, '', OURS, '600']);
      expect(String(cors['access-control-allow-methods']).split(', ')).toEqual(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
      for (const name of ['authorization', 'content-type', 'if-match', 'idempotency-key', 'voltbus-tenant', 'last-event-id'])
        expect(String(cors['access-control-allow-headers']).toLowerCase().split(', ')).toContain(name);
      expect(String(cors['vary'])).toContain('Origin');
    }
  });
});

describe('a page of another origin', () => {
  it.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'https://app.example.com:8443',
    'http://app.example.com',
    'HTTPS://APP.EXAMPLE.COM',
    'https://app.example.com/',
    'null',
    '*',
    '',
  ])('%s is told nothing, before the request and after', async (origin) => {
    for (const answer of [await api.send('GET', { origin }), await api.send('OPTIONS', asked(origin))])
      expect(Object.keys(answer.cors).filter((name) => name !== 'vary')).toEqual([]);
  });
});

describe('without listed origins', () => {
  it('the API says nothing about CORS, and knows no preflights', async () => {
    const closed = await start({});
    const [got, preflight] = [await closed.send('GET', { origin: OURS }), await closed.send('OPTIONS', asked(OURS))];
    expect([got.cors, preflight.cors]).toEqual([{}, {}]);
    expect(preflight.headers.allow).toContain('PUT'); // answered as any OPTIONS is
  });
});

describe('preflights', () => {
  it('count to the quota of their address', async () => {
    const small = await start({ VOLTBUS_CORS_ORIGINS: OURS, VOLTBUS_API_OPEN_REQUESTS_PER_MINUTE: '2' });
    const statuses = [];
    for (let nth = 0; nth < 3; nth++) statuses.push((await small.send('OPTIONS', asked(OURS))).status);
    expect(statuses).toEqual([204, 204, 429]);
    expect((await small.send('PUT', { ...key, origin: OURS })).status).toBe(200); // a valid key has a quota of its own
  });

  it('are those with an origin and a method: any other OPTIONS is a request like others', async () => {
    const incomplete: Record<string, string>[] = [{ origin: OURS }, { 'access-control-request-method': 'PUT' }];
    for (const headers of incomplete) expect((await api.send('OPTIONS', headers)).cors).not.toHaveProperty('access-control-allow-methods');
  });
});

describe('VOLTBUS_CORS_ORIGINS', () => {
  it.each([
    '*',
    'https://*.example.com',
    'app.example.com',
    'https://app.example.com/',
    'https://app.example.com:443',
    'https://App.example.com',
    'null',
    'file:///x',
  ])('refuses %s at the start', (origins) => {
    expect(() => TestApp.settings({ VOLTBUS_CORS_ORIGINS: origins })).toThrow('VOLTBUS_CORS_ORIGINS');
  });
});
