import { Controller, Get, Module, Post, Put } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLogger } from '@voltbus/testing';
import { Needs, Public } from './access';
import { API_KEYS, noApiKeys, type ApiKeys, type KeyHolder } from './api-keys';
import { rightsOfRole, rightsOfScopes } from './permissions';
import { OF_STATION, OF_STREAM, OF_TENANT } from './reach';
import { STATION_GROUPS, type StationGroups } from '../directories';
import { TestApp } from '../testing/test-app';
import { httpApi } from '../http-api';
import { describeApi } from '../openapi/describe-api';
import { Tenant } from './caller-parameters';

const ADMIN = 'k'.repeat(40);
const away = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });

const holders: Record<string, Omit<KeyHolder, 'id'>> = {
  reader: { tenant: 'acme', rights: rightsOfScopes(['read']), stationGroups: null },
  operate: { tenant: 'acme', rights: rightsOfScopes(['operate']), stationGroups: null },
  admin: { tenant: 'acme', rights: rightsOfScopes(['admin']), stationGroups: null },
  all: { tenant: 'acme', rights: rightsOfScopes(['read', 'operate', 'admin']), stationGroups: null },
  operator: { tenant: 'acme', rights: rightsOfRole('operator'), stationGroups: null },
  'tenant-admin': { tenant: 'acme', rights: rightsOfRole('tenant-admin'), stationGroups: null },
  depot: { tenant: 'acme', rights: rightsOfRole('tenant-admin'), stationGroups: ['depot'] },
};
const keys: ApiKeys = {
  ...noApiKeys,
  holderOf(key) {
    if (key === 'away') return Promise.reject(away);
    const holder = holders[key];
    return Promise.resolve(holder === undefined ? null : { id: key, ...holder });
  },
};
const groups: StationGroups = {
  has: ({ station }, named) => Promise.resolve(station === 'D-1' && named.includes('depot')),
  stationsIn: () => Promise.resolve(['D-1']),
};

@Controller()
class Routes {
  @Get('stations')
  @Needs('stations:read', OF_STREAM)
  look(@Tenant() tenant: string) {
    return { tenant };
  }

  @Post('commands')
  @Needs('commands:send', OF_TENANT, {
    also: (body) => ((body as { action?: string } | undefined)?.action === 'UpdateFirmware' ? 'configuration:write' : null),
  })
  operate() {
    return {};
  }

  @Get('webhooks')
  @Needs('webhooks:read', OF_TENANT)
  lookAtSecrets() {
    return {};
  }

  @Put('tenants')
  @Needs('tenants:write', OF_TENANT)
  put() {
    return {};
  }

  @Get('public')
  @Public()
  open() {
    return {};
  }

  @Get('v1/stations/:station')
  @Needs('stations:read', OF_STATION)
  station() {
    return {};
  }

  @Get('v1/stations/:station/messages')
  @Needs('messages:read', OF_STATION)
  messages() {
    return {};
  }
}

@Module({
  controllers: [Routes],
  providers: [
    { provide: API_KEYS, useValue: keys },
    { provide: STATION_GROUPS, useValue: groups },
  ],
})
class RoutesModule {}

@Controller('forgotten')
class Undeclared {
  @Get()
  @Public()
  declared() {
    return {};
  }

  @Post('thing')
  forgotten() {
    return {};
  }
}
@Module({ controllers: [Undeclared] })
class UndeclaredModule {}

const create = (module: typeof RoutesModule | typeof UndeclaredModule) =>
  httpApi.create({ module }, { logger: false }, { settings: TestApp.settings(), logger: silentLogger });

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await create(RoutesModule);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());

interface Sent {
  headers?: Record<string, string>;
  body?: object;
}

async function request(route: string, key: string | null, { headers = {}, body }: Sent = {}) {
  const [method, url] = route.split(' ') as ['GET' | 'POST' | 'PUT', string];
  const { statusCode, payload } = await app.inject({
    method,
    url,
    headers: { ...headers, ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: statusCode, body: JSON.parse(payload) as Record<string, unknown> };
}

describe('access to routes', () => {
  const ROUTES = ['GET /stations', 'POST /commands', 'GET /webhooks', 'PUT /tenants', 'GET /public'];
  it.each([
    [null, [401, 401, 401, 401, 200]],
    ['nobody', [401, 401, 401, 401, 200]],
    ['reader', [200, 403, 403, 403, 200]],
    ['operate', [403, 201, 403, 403, 200]],
    ['admin', [403, 403, 200, 403, 200]],
    ['all', [200, 201, 200, 403, 200]],
    ['operator', [200, 201, 403, 403, 200]],
    ['tenant-admin', [200, 201, 200, 403, 200]],
    ['depot', [200, 403, 403, 403, 200]],
    [ADMIN, [200, 201, 200, 200, 200]],
    ['away', [503, 503, 503, 503, 200]],
  ])('with the key %s is as each route declares it', async (key, expected) => {
    const answers = await Promise.all(ROUTES.map((route) => request(route, key)));
    expect(answers.map(({ status }) => status)).toEqual(expected);
  });

  it('admits HEAD where it admits GET', async () => {
    const head = (key: string) => app.inject({ method: 'HEAD', url: '/stations', headers: { authorization: `Bearer ${key}` } });
    expect([(await head('reader')).statusCode, (await head('admin')).statusCode]).toEqual([200, 403]);
  });

  it('names the permission that is missing', async () => {
    expect((await request('POST /commands', 'reader')).body).toMatchObject({
      code: 'forbidden',
      permission: 'commands:send',
      detail: 'that needs the permission commands:send',
    });
  });

  it('demands the further permission that a body asks for, whatever else the body is', async () => {
    const send = (body: object) => request('POST /commands', 'operator', { body });
    expect(await send({ action: 'Reset' })).toMatchObject({ status: 201 });
    expect(await send({ action: 'UpdateFirmware' })).toMatchObject({ status: 403, body: { permission: 'configuration:write' } });
    expect(await send([])).toMatchObject({ status: 201 });
  });

  it("takes a key's tenant from the key, and refuses one that names another", async () => {
    const naming = (key: string, tenant: string) => request('GET /stations', key, { headers: { 'voltbus-tenant': tenant } });
    expect((await request('GET /stations', 'reader')).body).toEqual({ tenant: 'acme' });
    expect((await naming('reader', 'acme')).body).toEqual({ tenant: 'acme' });
    expect(await naming('reader', 'other')).toMatchObject({ status: 403, body: { code: 'foreign-tenant' } });
    expect((await naming(ADMIN, 'other')).body).toEqual({ tenant: 'other' });
  });

  it('stands in the description of the API', () => {
    const { paths } = describeApi(app);
    const needs = (permission: string) => [
      { administrator: [] },
      ...['tenantKey', 'accessToken', 'session'].map((one) => ({ [one]: [permission] })),
    ];
    expect(paths['/stations']).toMatchObject({
      get: {
        security: needs('stations:read'),
        'x-voltbus-permission': 'stations:read',
        description: expect.stringContaining('`stations:read`: viewer, operator, technician, billing, tenant-admin, platform-admin.'),
      },
    });
    expect(paths['/webhooks']).toMatchObject({ get: { security: needs('webhooks:read'), 'x-voltbus-station-groups': 'refused' } });
    expect(paths['/tenants']).toMatchObject({ put: { security: [{ administrator: [] }] } });
    expect(paths['/public']).toMatchObject({ get: { security: [] } });
  });

  it('does not start with a route that declares nothing', async () => {
    await expect(create(UndeclaredModule)).rejects.toThrow('routes without @Needs or @Public: Undeclared.forgotten');
  });
});

describe('a caller that is limited to station groups', () => {
  it('reaches the stations of its groups, and finds no others', async () => {
    expect(await request('GET /v1/stations/D-1', 'depot')).toMatchObject({ status: 200 });
    expect(await request('GET /v1/stations/D-1/messages', 'depot')).toMatchObject({ status: 200 });
    expect(await request('GET /v1/stations/D-2', 'depot')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await request('GET /v1/stations/D-2/messages', 'depot')).toMatchObject({ status: 404, body: { code: 'unknown-station' } });
    expect(await request('GET /v1/stations/D-2/messages', 'tenant-admin')).toMatchObject({ status: 200 });
  });

  it('is told why it is refused what concerns the whole tenant', async () => {
    expect(await request('GET /webhooks', 'depot')).toMatchObject({ status: 403, body: { code: 'limited-to-station-groups' } });
  });
});
