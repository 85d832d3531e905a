import { Controller, Get, Module, Post, Put } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLogger } from '@voltbus/testing';
import { AdminOnly, Needs, Public } from './access';
import { API_KEYS, noApiKeys, type ApiKeys, type KeyHolder } from './api-keys';
import { TestApp } from '../testing/test-app';
import { httpApi } from '../http-api';
import { describeApi } from '../openapi/describe-api';
import { Tenant } from './caller-parameters';

const ADMIN = 'k'.repeat(40);
const away = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });

const holders: Record<string, Omit<KeyHolder, 'id'>> = {
  reader: { tenant: 'acme', scopes: ['read'] },
  operator: { tenant: 'acme', scopes: ['operate'] },
  admin: { tenant: 'acme', scopes: ['admin'] },
  all: { tenant: 'acme', scopes: ['read', 'operate', 'admin'] },
};
const keys: ApiKeys = {
  ...noApiKeys,
  holderOf(key) {
    if (key === 'away') return Promise.reject(away);
    const holder = holders[key];
    return Promise.resolve(holder === undefined ? null : { id: key, ...holder });
  },
};

@Controller()
class Routes {
  @Get('unmarked')
  look(@Tenant() tenant: string) {
    return { tenant };
  }

  @Post('unmarked')
  change() {
    return {};
  }

  @Post('operate')
  @Needs('operate')
  operate() {
    return {};
  }

  @Get('admin')
  @Needs('admin')
  lookAtSecrets() {
    return {};
  }

  @Get('public')
  @Public()
  open() {
    return {};
  }
}

@AdminOnly()
@Controller('administrator')
class AdministratorRoutes {
  @Put()
  put() {
    return {};
  }
}

@Module({ controllers: [Routes, AdministratorRoutes], providers: [{ provide: API_KEYS, useValue: keys }] })
class RoutesModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await httpApi.create({ module: RoutesModule }, { logger: false }, { settings: TestApp.settings(), logger: silentLogger });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());

async function request(route: string, key: string | null, headers: Record<string, string> = {}) {
  const [method, url] = route.split(' ') as ['GET' | 'POST' | 'PUT', string];
  const { statusCode, payload } = await app.inject({
    method,
    url,
    headers: { ...headers, ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
  });
  return { status: statusCode, body: JSON.parse(payload) as Record<string, unknown> };
}

describe('access to routes', () => {
  const ROUTES = ['GET /unmarked', 'POST /unmarked', 'POST /operate', 'GET /admin', 'PUT /administrator', 'GET /public'];
  it.each([
    [null, [401, 401, 401, 401, 401, 200]],
    ['nobody', [401, 401, 401, 401, 401, 200]],
    ['reader', [200, 403, 403, 403, 403, 200]],
    ['operator', [403, 403, 201, 403, 403, 200]],
    ['admin', [403, 201, 403, 200, 403, 200]],
    ['all', [200, 201, 201, 200, 403, 200]],
    [ADMIN, [200, 201, 201, 200, 200, 200]],
    ['away', [503, 503, 503, 503, 503, 200]],
  ])('with the key %s is as each route declares it', async (key, expected) => {
    const answers = await Promise.all(ROUTES.map((route) => request(route, key)));
    expect(answers.map(({ status }) => status)).toEqual(expected);
  });

  it('admits HEAD where it admits GET', async () => {
    const head = (key: string) => app.inject({ method: 'HEAD', url: '/unmarked', headers: { authorization: `Bearer ${key}` } });
    expect([(await head('reader')).statusCode, (await head('admin')).statusCode]).toEqual([200, 403]);
  });

  it('names the scope that is missing', async () => {
    expect((await request('POST /operate', 'reader')).body).toMatchObject({
      code: 'forbidden',
      scope: 'operate',
      detail: expect.stringContaining('operate'),
    });
  });

  it("takes a key's tenant from the key, and refuses one that names another", async () => {
    expect((await request('GET /unmarked', 'reader')).body).toEqual({ tenant: 'acme' });
    expect((await request('GET /unmarked', 'reader', { 'voltbus-tenant': 'acme' })).body).toEqual({ tenant: 'acme' });
    expect(await request('GET /unmarked', 'reader', { 'voltbus-tenant': 'other' })).toMatchObject({
      status: 403,
      body: { code: 'foreign-tenant' },
    });
    expect((await request('GET /unmarked', ADMIN, { 'voltbus-tenant': 'other' })).body).toEqual({ tenant: 'other' });
  });

  it('stands in the description of the API', () => {
    const { paths } = describeApi(app);
    const scopes = (scope: string) => [{ administrator: [] }, { tenantKey: [scope] }];
    expect(paths['/unmarked']).toMatchObject({ get: { security: scopes('read') }, post: { security: scopes('admin') } });
    expect(paths['/operate']).toMatchObject({ post: { security: scopes('operate') } });
    expect(paths['/admin']).toMatchObject({ get: { security: scopes('admin') } });
    expect(paths['/administrator']).toMatchObject({ put: { security: [{ administrator: [] }] } });
    expect(paths['/public']).toMatchObject({ get: { security: [] } });
  });
});
