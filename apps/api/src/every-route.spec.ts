import { describeModule } from '@voltbus/http';
import type { TestApp } from '@voltbus/http/testing';
import { startApi, type TestApi } from './testing/test-api';
import { ApiModule } from './api.module';

const SCOPES = ['read', 'operate', 'admin'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

/** The routes that a key with the scope `read` may not use. */
const NOT_FOR_READERS = [
  'admin: DELETE /v1/api-keys/{id}',
  'admin: DELETE /v1/configuration-profiles/{profile}',
  'admin: DELETE /v1/stations/{station}',
  'admin: DELETE /v1/tariff-assignments/{kind}/{group}',
  'admin: DELETE /v1/tariffs/{tariff}',
  'admin: DELETE /v1/webhooks/{webhook}',
  'admin: GET /v1/api-keys',
  'admin: GET /v1/api-keys/{id}',
  'admin: GET /v1/audit-log',
  'admin: GET /v1/audit-log/export',
  'admin: GET /v1/webhooks',
  'admin: GET /v1/webhooks/{webhook}',
  'admin: GET /v1/webhooks/{webhook}/deliveries',
  'admin: GET /v1/webhooks/{webhook}/deliveries/{delivery}',
  'admin: PATCH /v1/configuration-profiles/{profile}',
  'admin: PATCH /v1/stations/{station}',
  'admin: PATCH /v1/tariff-assignments/{kind}/{group}',
  'admin: PATCH /v1/tariffs/{tariff}',
  'admin: PATCH /v1/webhooks/{webhook}',
  'admin: POST /v1/api-keys',
  'admin: POST /v1/cdrs/{id}/release',
  'admin: POST /v1/cdrs/{id}/waive',
  'admin: POST /v1/imports',
  'admin: POST /v1/imports/{id}/cancel',
  'admin: POST /v1/transactions/{id}/correct',
  'admin: POST /v1/transactions/{id}/end',
  'admin: POST /v1/webhooks/{webhook}/deliveries/{delivery}/replay',
  'admin: POST /v1/webhooks/{webhook}/replay',
  'admin: POST /v1/webhooks/{webhook}/rotate-secret',
  'admin: POST /v1/webhooks/{webhook}/test',
  'admin: PUT /v1/configuration-profiles/{profile}',
  'admin: PUT /v1/stations/{station}',
  'admin: PUT /v1/tariff-assignments/{kind}/{group}',
  'admin: PUT /v1/tariffs/{tariff}',
  'admin: PUT /v1/webhooks/{webhook}',
  'administrator: DELETE /v1/tenants/{tenant}',
  'administrator: GET /v1/dead-letters',
  'administrator: GET /v1/dead-letters/{id}',
  'administrator: GET /v1/tenants',
  'administrator: GET /v1/tenants/{tenant}',
  'administrator: PATCH /v1/tenants/{tenant}',
  'administrator: POST /v1/dead-letters/{id}/replay',
  'administrator: PUT /v1/tenants/{tenant}',
  'operate: DELETE /v1/stations/{station}/qr-codes/{evse}',
  'operate: DELETE /v1/tokens/{idToken}',
  'operate: PATCH /v1/stations/{station}/configuration',
  'operate: PATCH /v1/stations/{station}/local-list',
  'operate: PATCH /v1/stations/{station}/qr-codes/{evse}',
  'operate: PATCH /v1/stations/{station}/variables',
  'operate: PATCH /v1/tokens/{idToken}',
  'operate: POST /v1/commands/{id}/cancel',
  'operate: POST /v1/stations/{station}/commands',
  'operate: POST /v1/stations/{station}/configuration/check',
  'operate: POST /v1/stations/{station}/default-tariff',
  'operate: POST /v1/stations/{station}/local-list/sync',
  'operate: POST /v1/stations/{station}/remote-start',
  'operate: POST /v1/stations/{station}/variables/refresh',
  'operate: POST /v1/tokens/clear-cache',
  'operate: POST /v1/transactions/{id}/remote-stop',
  'operate: POST /v1/web-payments',
  'operate: PUT /v1/stations/{station}/configuration',
  'operate: PUT /v1/stations/{station}/local-list',
  'operate: PUT /v1/stations/{station}/qr-codes/{evse}',
  'operate: PUT /v1/tokens/{idToken}',
  'read: POST /v1/event-tickets',
];

interface Route {
  method: (typeof METHODS)[number];
  path: string;
  /** Scope that a tenant's key needs; null: only the administrator's will do. */
  scope: string | null;
  scopes: number;
}

const routes: Route[] = [];
const keyOf = new Map<string, string>();
let api: TestApi;
let app: TestApp;

beforeAll(async () => {
  routes.push(...(await describedRoutes()));
  api = await startApi();
  app = api.app;
  for (const scope of SCOPES) keyOf.set(scope, await makeKey(scope));
});
afterAll(() => api?.close());

/** Every operation of the API's description, with the scope that the description gives it. */
async function describedRoutes(): Promise<Route[]> {
  const { paths } = await describeModule(ApiModule);
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      const scopes = (operation.security ?? []).flatMap((one) => one['tenantKey'] ?? []);
      return [{ method, path, scope: scopes[0] ?? null, scopes: scopes.length }];
    }),
  );
}

async function makeKey(scope: string): Promise<string> {
  const { status, body } = await app.request<{ key: string }>('POST', '/v1/api-keys', {
    body: { name: scope, scopes: [scope] },
    tenant: null,
  });
  expect(status).toBe(201);
  return body.key;
}

async function statusOf({ method, path }: Route, key: string | null | undefined, tenant: string | null = null) {
  const { status, body } = await app.request<{ code?: unknown } | null>(
    method.toUpperCase() as 'GET', // any of the methods
    `${path.replace(/\{[^}]+\}/g, 'nobody')}?types=nonsense`, // no type of event, because a stream would not end
    { key: key ?? null, tenant, body: ['post', 'put', 'patch'].includes(method) ? {} : undefined },
  );
  return { status, code: body === null ? null : body.code };
}

/** The routes whose answer is not as expected, with that answer. */
async function exceptions(check: (route: Route) => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  for (const route of routes) {
    const wrong = await check(route);
    if (wrong !== null) found.push(`${route.method} ${route.path}: ${JSON.stringify(wrong)}`);
  }
  return found;
}

describe('every route of the API', () => {
  it('is described with the scope that it needs', () => {
    expect(routes.length).toBeGreaterThan(30);
    const scopes = new Set(routes.map(({ scope }) => scope));
    expect(scopes).toEqual(new Set([...SCOPES, null]));
    expect(routes.filter((route) => route.scopes > 1)).toEqual([]); // not one of the controller and another of the handler
  });

  // fails when a route is added or moved: its scope must be written down here
  it('that changes something or shows something confidential has the scope that is written down here', () => {
    const special = routes.filter(({ method, scope }) => method !== 'get' || scope !== 'read');
    expect(special.map(({ method, path, scope }) => `${scope ?? 'administrator'}: ${method.toUpperCase()} ${path}`).sort()).toEqual(
      NOT_FOR_READERS,
    );
  });

  it('refuses a request without a key, and a key that was never issued', async () => {
    for (const key of [null, 'x'.repeat(40), `vbk_${'0'.repeat(16)}_${'a'.repeat(43)}_${'b'.repeat(16)}`])
      expect(await exceptions(async (route) => unless(await statusOf(route, key), 401, 'unauthorized'))).toEqual([]);
  });

  it.each(SCOPES)('refuses a key that has only the scope %s, unless it needs that one', async (scope) => {
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
