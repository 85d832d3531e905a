import { BareFace, describeModule } from '@voltbus/http';
import { openLog } from '@voltbus/telemetry';
import { startApi } from './api-fixture.module';
import { ApiModule } from './api.module';
import { HOSTILE_MEMBERS, HOSTILE_TEXTS } from './hostile-values';

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
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  query: string[];
  body: Schema | null;
}
interface Asked {
  route: Route;
  url: string;
  body?: unknown;
  what: string;
}

/** An identifier that is right wherever a path wants one. */
const NAMES: Readonly<Record<string, string>> = {
  evse: '1',
  kind: 'token-group',
  id: '00000000-0000-4000-8000-000000000000',
  command: '00000000-0000-4000-8000-000000000000',
};
/** Longest that one route may be asked: a wait for an outcome is not what is tried here. */
const SPEC_MS = 300_000;

const lines: string[] = [];
let api: Awaited<ReturnType<typeof startApi>>;
let routes: Route[];

beforeAll(async () => {
  const log = openLog({ process: 'api', pod: 'pod', level: 'debug', to: { write: (line) => void lines.push(line) } });
  api = await startApi(log);
  routes = await describedRoutes();
  await api.face.ask('PUT', '/v1/stations/A', { body: {} });
});
afterAll(() => api.close());

async function describedRoutes(): Promise<Route[]> {
  const { paths } = await describeModule(ApiModule);
  return Object.entries(paths).flatMap(([path, item]) =>
    (['get', 'put', 'post', 'delete'] as const).flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      if (operation === undefined) return [];
      const query = (operation.parameters ?? []).flatMap((one) => (one.in === 'query' ? (one.name ?? []) : []));
      const body = operation.requestBody?.content?.['application/json']?.schema ?? null;
      return [{ method: method.toUpperCase() as Route['method'], path, query, body }];
    }),
  );
}

function urlOf(route: Route, names: Readonly<Record<string, string>> = {}): string {
  return route.path.replace(/\{([^}]+)\}/g, (_part, name: string) => encodeURIComponent(names[name] ?? NAMES[name] ?? 'A'));
}

/** A value that a schema takes, as far as its words say. */
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

/** Every place in a body where a value stands, with the schema of what is there. */
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

function askedOf(route: Route): Asked[] {
  const { body, query, path } = route;
  const right = body === null ? undefined : example(body);
  const names = [...path.matchAll(/\{([^}]+)\}/g)].flatMap(([, name]) => name ?? []);
  const asked: Asked[] = [];
  for (const name of names)
    for (const value of HOSTILE_TEXTS)
      if (value !== '' && value !== '..') asked.push({ route, url: urlOf(route, { [name]: value }), body: right, what: `{${name}}` });
  for (const name of [...query, 'nonsense'])
    for (const value of HOSTILE_TEXTS)
      asked.push({ route, url: `${urlOf(route)}?${name}=${encodeURIComponent(value)}`, body: right, what: `?${name}` });
  for (const place of new Set((body === null ? [] : places(body)).map((steps) => steps.join('/'))))
    for (const value of HOSTILE_MEMBERS)
      asked.push({ route, url: urlOf(route), body: put(right, place.split('/'), value), what: `/${place}` });
  for (const value of body === null ? [] : HOSTILE_MEMBERS) asked.push({ route, url: urlOf(route), body: value, what: '/' });
  return asked;
}

/** What is not in order of an answer; null: nothing. */
async function fault({ route: { method }, url, body, what }: Asked): Promise<string | null> {
  const { statusCode, payload } = await api.face.app.inject({
    ...{ method, url },
    headers: { authorization: `Bearer ${BareFace.KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  if (statusCode < 400) return null;
  const problem = JSON.parse(payload) as { code?: unknown; status?: unknown; errors?: { path?: unknown }[] };
  const told = `${method} ${url.slice(0, 120)} ${what} ${JSON.stringify(body)?.slice(0, 200) ?? ''}: ${payload.slice(0, 300)}`;
  if (statusCode >= 500 || typeof problem.code !== 'string' || problem.status !== statusCode) return told;
  if (statusCode !== 400 && statusCode !== 422) return null;
  const { errors = [] } = problem;
  return errors.length > 0 && errors.every(({ path }) => typeof path === 'string') ? null : told;
}

describe('hostile requests', () => {
  it(
    'get an answer in order from every route, whatever stands in a parameter or a member',
    async () => {
      const faults: string[] = [];
      let count = 0;
      for (const asked of routes.flatMap(askedOf)) {
        count += 1;
        const found = await fault(asked);
        if (found !== null) faults.push(found);
      }
      expect(count).toBeGreaterThan(3_000);
      expect(faults).toEqual([]);
    },
    SPEC_MS,
  );

  it('are no defects: nothing was logged as one', () => {
    expect(lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  });
});
