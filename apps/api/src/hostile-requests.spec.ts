import { describeModule } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { openLog } from '@voltbus/telemetry';
import { startApi } from './testing/test-api';
import { ApiModule } from './api.module';
import { HOSTILE_MEMBERS, HOSTILE_TEXTS } from './testing/hostile-values';

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  required?: string[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  format?: string;
  minItems?: number;
  minLength?: number;
  minimum?: number;
}
interface Operation {
  parameters?: { name?: string; in?: string }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
}
interface Route {
  method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  path: string;
  query: string[];
  body: Schema | null;
}
interface HostileRequest {
  route: Route;
  url: string;
  body?: unknown;
  what: string;
}

/** Names and ids that are valid in a path. */
const NAMES: Readonly<Record<string, string>> = {
  evse: '1',
  kind: 'token-group',
  id: '00000000-0000-4000-8000-000000000000',
  command: '00000000-0000-4000-8000-000000000000',
};

/** A parameter of that many routes is read by one piece of code: each value is tried at some of them. So are an unknown parameter, and members of a PATCH, which are those of the PUT. */
const MANY_ROUTES = 4;
/** Names in many paths, which one piece of code reads as well. */
const OF_MANY_PATHS: ReadonlySet<string> = new Set(['station', 'id', 'tenant']);
const SHARED = 4;

/** Requests that are under way at a time. */
const AT_ONCE = 8;

const lines: string[] = [];
let api: Awaited<ReturnType<typeof startApi>>;
let routes: Route[];

beforeAll(async () => {
  const log = openLog({ process: 'api', pod: 'pod', level: 'debug', to: { write: (line) => void lines.push(line) } });
  api = await startApi(log);
  routes = await describedRoutes();
  await api.app.request('PUT', '/v1/stations/A', { body: {} });
});
afterAll(() => api.close());

/** Any text is taken, and the answer does not end: the event stream's own specs try it. */
const OPENS_A_STREAM: ReadonlySet<string> = new Set(['lastEventId']);

async function describedRoutes(): Promise<Route[]> {
  const { paths } = await describeModule(ApiModule);
  return Object.entries(paths).flatMap(([path, item]) =>
    (['get', 'put', 'patch', 'post', 'delete'] as const).flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      if (operation === undefined) return [];
      const query = (operation.parameters ?? []).flatMap((one) =>
        one.in === 'query' && !OPENS_A_STREAM.has(one.name ?? '') ? (one.name ?? []) : [],
      );
      const body = operation.requestBody?.content?.['application/json']?.schema ?? null;
      return [{ method: method.toUpperCase() as Route['method'], path, query, body }];
    }),
  );
}

function urlOf(route: Route, names: Readonly<Record<string, string>> = {}): string {
  return route.path.replace(/\{([^}]+)\}/g, (_part, name: string) => encodeURIComponent(names[name] ?? NAMES[name] ?? 'A'));
}

/** A value that a schema accepts, as far as its description tells. */
function example(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined) return example(schema.anyOf[0] ?? {});
  if (schema.properties !== undefined)
    return Object.fromEntries((schema.required ?? []).map((name) => [name, example(schema.properties?.[name] ?? {})]));
  if (schema.type === 'array') return [example(schema.items ?? {})];
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  if (schema.type === 'boolean') return true;
  if (schema.format === 'date-time') return '2030-01-01T00:00:00Z';
  if (schema.pattern?.includes('A-Z') === true) return 'EUR';
  if (schema.pattern?.includes('\\d') === true) return '1';
  return 'a'.repeat(Math.max(1, schema.minLength ?? 1));
}

/** The path of every value in a body. */
function places(schema: Schema, path: readonly string[] = []): (readonly string[])[] {
  const deeper = [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) => places(member, [...path, name])),
    ...(schema.items === undefined ? [] : places(schema.items, [...path, '0'])),
    ...(schema.anyOf ?? []).flatMap((one) => places(one, path)),
  ];
  return path.length === 0 ? deeper : [path, ...deeper];
}

function put(body: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (step === '0') return [put(Array.isArray(body) ? body[0] : {}, rest, value)];
  const members = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return { ...members, [step]: put(members[step], rest, value) };
}

function requestsOf(route: Route): HostileRequest[] {
  const { body, query, path } = route;
  const right = body === null ? undefined : example(body);
  const names = [...path.matchAll(/\{([^}]+)\}/g)].flatMap(([, name]) => name ?? []);
  const requests: HostileRequest[] = [];
  if (route.method === 'PATCH') return hostileBodies(route, right); // its parameters are those of the PUT
  for (const name of names)
    for (const value of OF_MANY_PATHS.has(name) ? shareOf(HOSTILE_TEXTS, `${route.method} ${path} ${name}`) : HOSTILE_TEXTS)
      if (value !== '' && value !== '..') requests.push({ route, url: urlOf(route, { [name]: value }), body: right, what: `{${name}}` });
  for (const name of [...query, 'nonsense'])
    for (const value of isOfMany(name) ? shareOf(HOSTILE_TEXTS, `${path} ${name}`) : HOSTILE_TEXTS)
      requests.push({ route, url: `${urlOf(route)}?${name}=${encodeURIComponent(value)}`, body: right, what: `?${name}` });
  return [...requests, ...hostileBodies(route, right)];
}

function isOfMany(parameter: string): boolean {
  return parameter === 'nonsense' || routes.filter(({ query }) => query.includes(parameter)).length >= MANY_ROUTES;
}

/** Every fourth, another fourth for another name. */
function shareOf<T>(values: readonly T[], name: string): T[] {
  const first = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return values.filter((_, index) => (first + index) % SHARED === 0);
}

function hostileBodies(route: Route, right: unknown): HostileRequest[] {
  const { body } = route;
  if (body === null) return [];
  const [url, steps] = [urlOf(route), new Set(places(body).map((path) => path.join('/')))];
  const inside = [...steps].flatMap((place) =>
    (route.method === 'PATCH' ? shareOf(HOSTILE_MEMBERS, `${url} ${place}`) : HOSTILE_MEMBERS).map((value) => ({
      route,
      url,
      body: put(right, place.split('/'), value),
      what: `/${place}`,
    })),
  );
  return [...inside, ...HOSTILE_MEMBERS.map((value) => ({ route, url, body: value, what: '/' }))];
}

/** The fault of an answer, or null for a proper one. */
async function fault({ route: { method }, url, body, what }: HostileRequest): Promise<string | null> {
  const { statusCode, payload } = await api.app.app.inject({
    ...{ method, url },
    headers: { authorization: `Bearer ${TestApp.KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  if (statusCode < 400) return null;
  const problem = JSON.parse(payload) as { code?: unknown; status?: unknown; errors?: { path?: unknown }[] };
  const description = `${method} ${url.slice(0, 120)} ${what} ${JSON.stringify(body)?.slice(0, 200) ?? ''}: ${payload.slice(0, 300)}`;
  if (statusCode >= 500 || typeof problem.code !== 'string' || problem.status !== statusCode) return description;
  if (statusCode !== 400 && statusCode !== 422) return null;
  const { errors = [] } = problem;
  return errors.length > 0 && errors.every(({ path }) => typeof path === 'string') ? null : description;
}

describe('hostile requests', () => {
  it('get a proper answer from every route, whatever value a parameter or a member has', async () => {
    const faults: string[] = [];
    const requests = routes.flatMap(requestsOf);
    expect(requests.length).toBeGreaterThan(3_000);
    for (let from = 0; from < requests.length; from += AT_ONCE) {
      const found = await Promise.all(requests.slice(from, from + AT_ONCE).map(fault));
      faults.push(...found.flatMap((one) => one ?? []));
    }
    expect(faults).toEqual([]);
  });

  it('log no defect', () => {
    expect(lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  });

  it.each([
    ['{"status":"Accepted","allowedAt":[{"station":"\\ud800"}]}', '/allowedAt/0/station'],
    ['{"status":"Accepted","allowedAt":[{"station":"A"},{"group":"a\\udfff"}]}', '/allowedAt/1/group'],
    ['{"status":"Accepted","allowedAt":[{"group":"a\\u0000"}]}', '/allowedAt/0/group'],
    ['{"status":"Accepted","allowedAt":[{"group":"a\\nb"}]}', '/allowedAt/0/group'],
  ])('cannot store the token %s, and return its path', async (payload, path) => {
    const headers = { authorization: `Bearer ${TestApp.KEY}`, 'content-type': 'application/json' };
    const { statusCode, json } = await api.app.app.inject({ method: 'PUT', url: '/v1/tokens/CARD', headers, payload });
    expect([statusCode, json()]).toEqual([422, expect.objectContaining({ code: 'invalid', errors: [expect.objectContaining({ path })] })]);
  });
});
