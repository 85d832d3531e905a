import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { describeModule, httpFace } from '@voltbus/http';
import {
  BUS,
  CONNECTIONS,
  HEALTH,
  LIFECYCLE,
  LOGGER,
  METRICS,
  RUN_FACTS,
  SETTINGS,
  readSettings,
  type Part,
  type Phase,
} from '@voltbus/process';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { ApiModule } from './api.module';

const ADMIN = 'k'.repeat(40);
const SCOPES = ['read', 'operate', 'admin'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

/** What a key with the scope `read` cannot do. */
const NOT_FOR_READERS = [
  'admin: DELETE /v1/api-keys/{id}',
  'admin: DELETE /v1/stations/{station}',
  'admin: DELETE /v1/tariff-assignments/{kind}/{group}',
  'admin: DELETE /v1/tariffs/{tariff}',
  'admin: GET /v1/api-keys',
  'admin: GET /v1/api-keys/{id}',
  'admin: POST /v1/api-keys',
  'admin: PUT /v1/stations/{station}',
  'admin: PUT /v1/tariff-assignments/{kind}/{group}',
  'admin: PUT /v1/tariffs/{tariff}',
  'administrator: DELETE /v1/tenants/{tenant}',
  'administrator: GET /v1/dead-letters',
  'administrator: GET /v1/dead-letters/{id}',
  'administrator: GET /v1/tenants',
  'administrator: GET /v1/tenants/{tenant}',
  'administrator: POST /v1/dead-letters/{id}/replay',
  'administrator: PUT /v1/tenants/{tenant}',
  'operate: DELETE /v1/tokens/{idToken}',
  'operate: POST /v1/commands/{id}/cancel',
  'operate: POST /v1/stations/{station}/commands',
  'operate: POST /v1/stations/{station}/local-list/sync',
  'operate: POST /v1/stations/{station}/remote-start',
  'operate: POST /v1/tokens/clear-cache',
  'operate: POST /v1/transactions/{id}/remote-stop',
  'operate: PUT /v1/stations/{station}/local-list',
  'operate: PUT /v1/tokens/{idToken}',
];

interface Route {
  method: (typeof METHODS)[number];
  path: string;
  /** Scope that a tenant's key needs; null: only the administrator's will do. */
  scope: string | null;
}

@Module({})
class Surroundings {
  static of(values: readonly [symbol, unknown][]): DynamicModule {
    const providers = values.map(([provide, useValue]) => ({ provide, useValue }));
    return { module: Surroundings, global: true, providers, exports: providers };
  }
}
class Root {}

const stops: (() => Promise<void> | void)[] = [];
const routes: Route[] = [];
const keyOf = new Map<string, string>();
let app: NestFastifyApplication;

beforeAll(async () => {
  routes.push(...(await describedRoutes()));
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  stops.push(drop, () => bus.close());
  const settings = readSettings(
    { VOLTBUS_DATABASE_URL: url, VOLTBUS_DATABASE_POOL: '2', VOLTBUS_ADMIN_KEY: ADMIN, VOLTBUS_KEY_PEPPER: ADMIN },
    'standalone',
    'standalone',
  );
  const surroundings = Surroundings.of([
    [SETTINGS, settings],
    [BUS, bus],
    [CONNECTIONS, new MemoryConnections()],
    [LOGGER, silentLogger],
    [METRICS, testMetrics()],
    [HEALTH, { addCheck: () => undefined }],
    [LIFECYCLE, { add: (_phase: Phase, { stop }: Part) => void stops.push(() => stop?.(1_000)) }],
    [RUN_FACTS, { set: () => undefined }],
  ]);
  // the face makes a Fastify application, whatever its port calls it
  app = (await httpFace.create(
    { module: Root, imports: [surroundings, ApiModule] },
    { logger: false },
    settings,
    silentLogger,
  )) as NestFastifyApplication;
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  stops.push(() => app.close());
  for (const scope of SCOPES) keyOf.set(scope, await makeKey(scope));
}, 60_000);
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** Every operation of the API's description, with who may use it as the description says. */
async function describedRoutes(): Promise<Route[]> {
  const { paths } = await describeModule(ApiModule);
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      const scopes = (operation.security ?? []).flatMap((one) => one['tenantKey'] ?? []);
      return [{ method, path, scope: scopes[0] ?? null }];
    }),
  );
}

async function makeKey(scope: string): Promise<string> {
  const { statusCode, payload } = await app.inject({
    method: 'POST',
    url: '/v1/api-keys',
    headers: { authorization: `Bearer ${ADMIN}` },
    payload: { name: scope, scopes: [scope] },
  });
  expect(statusCode).toBe(201);
  return (JSON.parse(payload) as { key: string }).key;
}

async function statusOf(
  { method, path }: Route,
  key: string | null | undefined,
  tenant?: string,
): Promise<{ status: number; code: unknown }> {
  const { statusCode, payload } = await app.inject({
    method: method.toUpperCase() as 'GET', // inject knows methods by name
    url: `${path.replace(/\{[^}]+\}/g, 'nobody')}?types=nonsense`, // which is no event's: a stream would not end
    headers: {
      ...(typeof key === 'string' ? { authorization: `Bearer ${key}` } : {}),
      ...(tenant === undefined ? {} : { 'voltbus-tenant': tenant }),
    },
    ...(method === 'post' || method === 'put' ? { payload: {} } : {}),
  });
  const code = payload === '' ? null : (JSON.parse(payload) as { code?: unknown }).code;
  return { status: statusCode, code };
}

/** What each route answered that was not as expected. */
async function exceptions(ask: (route: Route) => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  for (const route of routes) {
    const wrong = await ask(route);
    if (wrong !== null) found.push(`${route.method} ${route.path}: ${JSON.stringify(wrong)}`);
  }
  return found;
}

describe('every route of the API', () => {
  it('is described with who may use it', () => {
    expect(routes.length).toBeGreaterThan(30);
    const scopes = new Set(routes.map(({ scope }) => scope));
    expect(scopes).toEqual(new Set([...SCOPES, null]));
  });

  // Fails when a route is added or moved: whoever adds one says here who may use it.
  it('that changes something, or shows what not everybody may see, is for whom it was meant', () => {
    const special = routes.filter(({ method, scope }) => method !== 'get' || scope !== 'read');
    expect(special.map(({ method, path, scope }) => `${scope ?? 'administrator'}: ${method.toUpperCase()} ${path}`).sort()).toEqual(
      NOT_FOR_READERS,
    );
  });

  it('refuses whoever has no key, and whoever has a key that we did not make', async () => {
    for (const key of [null, 'x'.repeat(40), `vbk_${'0'.repeat(16)}_${'a'.repeat(43)}_${'b'.repeat(16)}`])
      expect(await exceptions(async (route) => unless(await statusOf(route, key), 401, 'unauthorized'))).toEqual([]);
  });

  it.each(SCOPES)('refuses a key that has only the scope %s, unless that is the one it asks for', async (scope) => {
    const wrong = await exceptions(async (route) => {
      const answer = await statusOf(route, keyOf.get(scope));
      if (route.scope !== scope) return unless(answer, 403, 'forbidden');
      return answer.status === 401 || answer.status === 403 || answer.status >= 500 ? answer : null;
    });
    expect(wrong).toEqual([]);
  });

  it('refuses a key that names a tenant other than its own', async () => {
    expect(await exceptions(async (route) => unless(await statusOf(route, keyOf.get('read'), 'other'), 403, 'foreign-tenant'))).toEqual([]);
  });
});

function unless(answer: { status: number; code: unknown }, status: number, code: string): unknown {
  return answer.status === status && answer.code === code ? null : answer;
}
