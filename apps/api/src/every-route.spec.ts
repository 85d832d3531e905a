import { describeModule } from '@voltbus/http';
import { TestApp, TestIssuer } from '@voltbus/http/testing';
import { silentLogger } from '@voltbus/testing';
import { EXPECTED_RIGHTS } from './testing/expected-rights';
import { startApi, type TestApi } from './testing/test-api';
import { ApiModule } from './api.module';

const SCOPES = ['read', 'operate', 'admin'];
const ROLES = ['viewer', 'operator', 'technician', 'billing', 'tenant-admin'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

const expectedOf = new Map(EXPECTED_RIGHTS.map((one) => [one.route, one]));

interface Route {
  method: (typeof METHODS)[number];
  path: string;
  /** As the description has them. */
  permissions: string[];
  stationGroups: string;
}

const routes: Route[] = [];
const keyOf = new Map<string, string>();
let issuer: TestIssuer;
let api: TestApi;
let app: TestApp;

beforeAll(async () => {
  routes.push(...(await describedRoutes()));
  issuer = await TestIssuer.start();
  api = await startApi(silentLogger, issuer.settings(ROLES.flatMap(rulesOf)));
  app = api.app;
  for (const scope of SCOPES) keyOf.set(scope, await makeKey({ name: scope, scopes: [scope] }));
  for (const role of ROLES) {
    keyOf.set(role, await makeKey({ name: role, role }));
    keyOf.set(`limited ${role}`, await makeKey({ name: `limited ${role}`, role, stationGroups: ['nowhere'] }));
    keyOf.set(`token of ${role}`, await issuer.sign({ roles: [role] }));
    keyOf.set(`limited token of ${role}`, await issuer.sign({ roles: [`limited-${role}`], sites: ['nowhere'] }));
  }
});
afterAll(async () => {
  await api?.close();
  await issuer?.close();
});

/** What access tokens give: each role to the subjects that have it, whole or limited to station groups. */
function rulesOf(role: string): object[] {
  return [
    { claims: { roles: role }, tenant: 'default', role },
    { claims: { roles: `limited-${role}` }, tenant: 'default', role, stationGroupsClaim: 'sites' },
  ];
}

/** Every operation of the API's description. */
async function describedRoutes(): Promise<Route[]> {
  const { paths } = await describeModule(ApiModule);
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      const permissions = (operation.security ?? []).flatMap((one) => one['tenantKey'] ?? []);
      return [
        { method, path, permissions, stationGroups: String((operation as unknown as Record<string, unknown>)['x-voltbus-station-groups']) },
      ];
    }),
  );
}

async function makeKey(wanted: object): Promise<string> {
  const { status, body } = await app.request<{ key: string }>('POST', '/v1/api-keys', { body: wanted, tenant: null });
  expect(status).toBe(201);
  return body.key;
}

function nameOf({ method, path }: Route): string {
  return `${method.toUpperCase()} ${path}`;
}

const EMPTY: Omit<(typeof EXPECTED_RIGHTS)[number], 'route'> = { roles: [], scope: null, stationGroups: '' };
const expectedFor = (route: Route) => expectedOf.get(nameOf(route)) ?? EMPTY;

async function statusOf({ method, path }: Route, key: string | null | undefined, tenant: string | null = null) {
  const { status, body } = await app.request<{ code?: unknown } | null>(
    method.toUpperCase() as 'GET', // any of the methods
    `${path.replace(/\{[^}]+\}/g, 'nobody')}?types=nonsense`, // no type of event, because a stream would not end
    { key: key ?? null, tenant, body: ['post', 'put', 'patch'].includes(method) ? {} : undefined },
  );
  return { status, code: body === null ? null : body.code };
}

type Answer = Awaited<ReturnType<typeof statusOf>>;

/** The routes whose answer is not as expected, with that answer. */
async function exceptions(check: (route: Route) => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  for (const route of routes) {
    const wrong = await check(route);
    if (wrong !== null) found.push(`${nameOf(route)}: ${JSON.stringify(wrong)}`);
  }
  return found;
}

function unless(answer: Answer, status: number, code: string): unknown {
  return answer.status === status && answer.code === code ? null : answer;
}

function unlessAdmitted(answer: Answer): unknown {
  return answer.status === 401 || answer.status === 403 || answer.status >= 500 ? answer : null;
}

describe('every route of the API', () => {
  // fails when a route is added, moved or opened to somebody: its rights must be written down in the table
  it('is in the table of rights, as the description has it', () => {
    expect(routes.map(nameOf).sort()).toEqual(EXPECTED_RIGHTS.map(({ route }) => route).sort());
    for (const route of routes) {
      const { scope, stationGroups } = expectedFor(route);
      expect([nameOf(route), route.stationGroups, route.permissions.length]).toEqual([
        nameOf(route),
        stationGroups,
        scope === null ? 0 : 1,
      ]);
    }
  });

  it('refuses a request without a key, and a key that was never issued', async () => {
    for (const key of [null, 'x'.repeat(40), `vbk_${'0'.repeat(16)}_${'a'.repeat(43)}_${'b'.repeat(16)}`])
      expect(await exceptions(async (route) => unless(await statusOf(route, key), 401, 'unauthorized'))).toEqual([]);
  });

  it.each(SCOPES)('refuses a key that has only the scope %s, unless it needs that one', async (scope) => {
    const wrong = await exceptions(async (route) => {
      const answer = await statusOf(route, keyOf.get(scope));
      return expectedFor(route).scope === scope ? unlessAdmitted(answer) : unless(answer, 403, 'forbidden');
    });
    expect(wrong).toEqual([]);
  });

  const bearers = (kinds: readonly string[]) => ROLES.flatMap((role) => kinds.map((kind) => [`${kind}${role}`, role] as const));

  it.each(bearers(['', 'token of ']))('refuses the %s, unless the table gives it to the role %s', async (bearer, role) => {
    const wrong = await exceptions(async (route) => {
      const answer = await statusOf(route, keyOf.get(bearer));
      return expectedFor(route).roles.includes(role) ? unlessAdmitted(answer) : unless(answer, 403, 'forbidden');
    });
    expect(wrong).toEqual([]);
  });

  it.each(bearers(['limited ', 'limited token of ']))(
    'hides every station of other groups from the %s, of the role %s',
    async (bearer, role) => {
      const wrong = await exceptions(async (route) => {
        const answer = await statusOf(route, keyOf.get(bearer));
        const { roles, stationGroups } = expectedFor(route);
        if (!roles.includes(role)) return unless(answer, 403, 'forbidden');
        if (stationGroups === 'refused') return unless(answer, 403, 'limited-to-station-groups');
        return unlessAdmitted(answer);
      });
      expect(wrong).toEqual([]);
    },
  );

  it("admits the administrator's key to all of them", async () => {
    const wrong = await exceptions(async (route) => unlessAdmitted(await statusOf(route, TestApp.KEY)));
    expect(wrong).toEqual([]);
  });

  it('refuses a key that names a tenant other than its own', async () => {
    for (const key of ['read', 'tenant-admin', 'token of tenant-admin'])
      expect(await exceptions(async (route) => unless(await statusOf(route, keyOf.get(key), 'other'), 403, 'foreign-tenant'))).toEqual([]);
  });
});
