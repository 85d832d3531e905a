import { describeModule } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { ApiModule } from './api.module';
import { startApi, type TestApi } from './testing/test-api';

/** What is named by the request, not by the tenant of a header. */
const WITHOUT_TENANT = /^\/v1\/tenants(\/|$)/;
/** Values of parameters of the path: the station exists, nothing else does. */
const NAMED: Readonly<Record<string, string>> = { station: 'A', evse: '1', kind: 'token-group', tenant: 'default' };
/** What does not end, is deleted by the first request, or is new with each. */
const OTHER_EACH_TIME: ReadonlySet<string> = new Set([
  '/v1/events',
  '/v1/stations/{station}',
  '/v1/event-tickets',
  '/v1/auth/session',
  '/v1/stations/{station}/display-report',
]);
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number] | 'HEAD' | 'OPTIONS';

interface Route {
  path: string;
  url: string;
  methods: Method[];
}
interface Answer {
  status: number;
  headers: Record<string, unknown>;
  payload: string;
  code: unknown;
}

let api: TestApi;
let routes: Route[];

beforeAll(async () => {
  const { paths } = await describeModule(ApiModule);
  routes = Object.entries(paths).map(([path, item]) => ({
    path,
    url: path.replace(/\{([^}]+)\}/g, (_part, name: string) => NAMED[name] ?? 'nobody'),
    methods: METHODS.filter((method) => method.toLowerCase() in item),
  }));
  api = await startApi();
  await api.app.request('PUT', '/v1/stations/A', { body: {} });
});
afterAll(() => api?.close());

async function send(method: Method, url: string, headers: Record<string, string> = {}, payload?: object): Promise<Answer> {
  const authorization = `Bearer ${TestApp.KEY}`;
  const answer = await api.app.app.inject({
    method,
    url,
    headers: { authorization, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  const { code } =
    String(answer.headers['content-type']).includes('problem') && method !== 'HEAD'
      ? (JSON.parse(answer.payload) as { code?: unknown })
      : { code: undefined };
  return { status: answer.statusCode, headers: answer.headers, payload: answer.payload, code };
}

/** Sends one request for each route and method, and returns those whose answer is not as expected. */
async function wrongAnswers(
  methods: readonly Method[],
  ask: (method: Method, url: string) => Promise<unknown>,
  only: (route: Route) => boolean = () => true,
): Promise<string[]> {
  const wrong: string[] = [];
  let tried = 0;
  for (const route of routes.filter(only))
    for (const method of route.methods.filter((one) => methods.includes(one))) {
      tried += 1;
      const found = await ask(method, route.url);
      if (found !== null) wrong.push(`${method} ${route.url}: ${JSON.stringify(found)}`);
    }
  expect(tried).toBeGreaterThan(5);
  return wrong;
}

/** A name may also be that of a route: a token may be called clear-cache. */
function methodsOf(url: string): Method[] {
  const same = routes.filter(({ path }) => new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(url));
  return same.flatMap(({ methods }) => methods);
}

/** Null for the expected answer. */
const unless = (status: number, code: string, answer: Answer): unknown =>
  answer.status === status && answer.code === code ? null : [answer.status, answer.payload.slice(0, 200)];

describe('every route', () => {
  it('answers 404 `unknown-tenant` in a tenant that does not exist, also a list, a stream and a station below it', async () => {
    const ask = async (method: Method, url: string) =>
      unless(404, 'unknown-tenant', await send(method, url, { 'voltbus-tenant': 'nobody' }));
    expect(await wrongAnswers(METHODS, ask, ({ path }) => !WITHOUT_TENANT.test(path))).toEqual([]);
    expect((await send('GET', '/v1/tenants', { 'voltbus-tenant': 'nobody' })).status).toBe(200);
  });

  it('answers 400 to an unknown query parameter', async () => {
    const ask = async (method: Method, url: string) =>
      unless(400, 'bad-request', await send(method, `${url}?nonsense=1`, {}, method === 'GET' ? undefined : {}));
    expect(await wrongAnswers(METHODS, ask)).toEqual([]);
  });

  it('answers 405 to a method that its path does not take, and OPTIONS, with the methods that it takes', async () => {
    for (const { url } of routes) {
      const methods = methodsOf(url);
      const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
      const options = await send('OPTIONS', url, { authorization: '' });
      expect([url, options.status, options.headers['allow'], options.payload]).toEqual([url, 204, allow, '']);
      for (const method of METHODS.filter((one) => !methods.includes(one))) {
        const refused = await send(method, url);
        expect([url, method, refused.status, refused.code, refused.headers['allow']]).toEqual([
          url,
          method,
          405,
          'method-not-allowed',
          allow,
        ]);
      }
    }
  });

  it('answers HEAD as GET, with its headers and without a body', async () => {
    const varying = ['date', 'ratelimit', 'transfer-encoding'];
    const shown = ({ status, headers }: Answer) => [status, Object.entries(headers).filter(([name]) => !varying.includes(name))];
    const ask = async (_method: Method, url: string) => {
      const [head, get] = [await send('HEAD', url, { 'x-request-id': 'same' }), await send('GET', url, { 'x-request-id': 'same' })];
      const same = JSON.stringify(shown(head)) === JSON.stringify(shown(get));
      return same && head.payload === '' ? null : [shown(head), shown(get), head.payload.slice(0, 80)];
    };
    // a stream does not end; its HEAD is answered without one
    expect(await wrongAnswers(['GET'], ask, ({ path }) => path !== '/v1/events')).toEqual([]);
    expect(await send('HEAD', '/v1/events')).toMatchObject({
      status: 200,
      payload: '',
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    });
  });

  it('treats an empty body of any content type as no body', async () => {
    const strip = ({ status, code, payload }: Answer) => [status, code ?? null, payload.replace(/"(requestId|createdAt|id)":"[^"]*"/g, '')];
    const ask = async (method: Method, url: string) => {
      const plain = strip(await send(method, url));
      for (const type of ['application/json', 'text/plain']) {
        const typed = strip(await send(method, url, { 'content-type': type, 'content-length': '0' }));
        if (JSON.stringify(typed) !== JSON.stringify(plain)) return [plain, type, typed];
      }
      return null;
    };
    expect(await wrongAnswers(['GET', 'POST', 'DELETE'], ask, ({ path }) => !OTHER_EACH_TIME.has(path))).toEqual([]);
  });

  it('of a POST looks at the Idempotency-Key', async () => {
    const ask = async (method: Method, url: string) => {
      const { status, payload } = await send(method, url, { 'idempotency-key': 'a b' }, {});
      return status === 400 && payload.includes('/Idempotency-Key') ? null : [status, payload.slice(0, 200)];
    };
    expect(await wrongAnswers(['POST'], ask)).toEqual([]);
  });

  it('of a command marks a repeat of its Idempotency-Key, and shows the command', async () => {
    const command = { action: 'ClearCache', payload: {}, ttl: 3_600 };
    const ask = () => send('POST', '/v1/stations/A/commands', { 'idempotency-key': 'one' }, command);
    const [first, again] = [await ask(), await ask()];
    expect([first.status, first.headers['idempotent-replayed']]).toEqual([202, undefined]);
    expect([again.status, again.headers['idempotent-replayed'], again.payload]).toEqual([202, 'true', first.payload]);
  });
});
