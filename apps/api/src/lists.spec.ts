import { describeModule } from '@voltbus/http';
import { ApiModule } from './api.module';
import { startApi, type TestApi } from './testing/test-api';

interface Parameter {
  name: string;
  in: string;
  schema: { type?: string; enum?: string[]; items?: { enum?: string[] } };
}
interface Operation {
  parameters?: Parameter[];
  responses: Record<string, { content?: Record<string, { schema: { $ref?: string; properties?: Record<string, unknown> } }> }>;
}

let api: TestApi;
let lists: [path: string, parameters: Parameter[]][];
const queryOf = ({ parameters = [] }: Operation) => parameters.filter(({ in: where }) => where === 'query');
const valuesOf = (parameters: readonly Parameter[], name: string): string[] => {
  const schema = parameters.find((parameter) => parameter.name === name)?.schema;
  return schema?.enum ?? schema?.items?.enum ?? [];
};
/** Rows of the lists that belong to something. */
const paths = { station: 'CS-1', webhook: 'hook', stream: '1', id: '' };
/** It goes on where it was, and has neither an order nor a number of rows. */
const EXPORT = '/v1/token-data';
const urlOf = (path: string): string => path.replace(/\{(\w+)\}/g, (_, name: keyof typeof paths) => paths[name]);

const make = async (method: 'POST' | 'PUT', url: string, body: object) => {
  const answer = await api.app.request(method, url, { body });
  if (answer.status !== 201 && answer.status !== 200) throw new Error(`${method} ${url}: ${JSON.stringify(answer)}`);
};

beforeAll(async () => {
  api = await startApi();
  const { paths: described } = (await describeModule(ApiModule)) as unknown as { paths: Record<string, { get?: Operation }> };
  lists = Object.entries(described).flatMap(([path, { get }]): typeof lists => {
    const query = get === undefined || path === EXPORT ? [] : queryOf(get);
    return query.some(({ name }) => name === 'cursor') ? [[path, query]] : [];
  });
  for (const name of ['fleet', 'Fast', 'slow']) {
    await make('PUT', `/v1/tariffs/${name}`, { currency: 'EUR', perKwh: '0.49' });
    await make('PUT', `/v1/tariff-assignments/token-group/${name}`, { tariff: name });
    await make('POST', '/v1/api-keys', { name, scopes: name === 'Fast' ? ['read', 'operate'] : ['read'] });
    await make('PUT', `/v1/tenants/${name.toLowerCase()}`, { name, currency: name === 'slow' ? 'SEK' : 'EUR', defaultTariff: null });
  }
  await make('PUT', '/v1/stations/CS-1', {});
  const webhook = { url: 'https://example.com/', events: ['voltbus.cdr.issued'] };
  await make('PUT', '/v1/webhooks/hook', webhook);
  await make('PUT', '/v1/webhooks/other', { ...webhook, enabled: false });
});
afterAll(() => api?.close());

const get = async (url: string) => {
  const { status, body } = await api.app.request<{ items: Record<string, unknown>[]; nextCursor: string | null; total?: number }>(
    'GET',
    url,
  );
  return { status, body };
};
const namesIn = async (url: string, member: string) => (await get(url)).body.items.map((item) => item[member]);

describe('every list of the API', () => {
  it('takes limit, cursor, sort, total and fields, and has a filter of its own', () => {
    const common = ['limit', 'cursor', 'sort', 'total', 'fields'];
    const lacking = lists.map(([path, query]) => [path, common.filter((name) => !query.some((one) => one.name === name))]);
    expect(lacking.filter(([, names]) => names?.length !== 0)).toEqual([]);
    expect(lists.filter(([, query]) => query.length === common.length)).toEqual([]);
    expect(lists.length).toBeGreaterThan(15);
  });

  it('answers in each order that it offers, with one member alone, and counts what it has', async () => {
    const answers: unknown[] = [];
    for (const [path, query] of lists) {
      if (path.includes('{id}')) continue; // of an import and of a transaction: their own specs have some
      for (const sort of valuesOf(query, 'sort')) {
        const { status, body } = await get(`${urlOf(path)}?sort=${sort}&total=true&limit=200`);
        answers.push([path, sort, status, body.total === body.items?.length]);
      }
      const [field = ''] = valuesOf(query, 'fields').slice(-1);
      answers.push([path, field, (await get(`${urlOf(path)}?fields=${field}`)).status, true]);
    }
    expect(answers.filter((answer) => !Array.isArray(answer) || answer[2] !== 200 || answer[3] !== true)).toEqual([]);
    expect(answers.length).toBeGreaterThan(50);
  });

  it('is read whole by its pages in each order, nothing twice', async () => {
    for (const [path, sorts] of [
      ['/v1/tariffs', ['tariff', '-currency']],
      ['/v1/tariff-assignments', ['kind', '-group', 'tariff']],
      ['/v1/api-keys', ['-createdAt', 'name', 'expiresAt']],
      ['/v1/tenants', ['-tenant', 'name']],
      ['/v1/webhooks', ['-webhook', 'updatedAt']],
      ['/v1/audit-log', ['at', '-at']],
    ] as const)
      for (const sort of sorts) {
        const whole = (await get(`${path}?sort=${sort}&limit=200`)).body.items;
        const paged: unknown[] = [];
        let cursor: string | null = '';
        for (; cursor !== null;) {
          const { body }: { body: { items: unknown[]; nextCursor: string | null } } = await get(
            `${path}?sort=${sort}&limit=1${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
          );
          paged.push(...body.items);
          cursor = body.nextCursor;
        }
        expect([path, sort, paged]).toEqual([path, sort, whole]);
        expect(whole.length).toBeGreaterThan(1);
      }
  });
});

describe('the filters of small lists', () => {
  it.each([
    ['/v1/tariffs?search=f', 'tariff', ['Fast', 'fleet']],
    ['/v1/tariffs?currency=SEK', 'tariff', []],
    ['/v1/tariffs?sort=-tariff', 'tariff', ['slow', 'fleet', 'Fast']],
    ['/v1/tariff-assignments?group=FAST,slow', 'group', ['Fast', 'slow']],
    ['/v1/tariff-assignments?kind=station-group', 'group', []],
    ['/v1/tariff-assignments?tariff=fleet', 'group', ['fleet']],
    ['/v1/tariff-assignments?search=FL', 'group', ['fleet']],
    ['/v1/api-keys?scope=operate', 'name', ['Fast']],
    ['/v1/api-keys?name=FLEET,SLOW&sort=name', 'name', ['fleet', 'slow']],
    ['/v1/api-keys?createdBy=administrator&search=f&sort=name', 'name', ['Fast', 'fleet']],
    ['/v1/tenants?currency=SEK', 'tenant', ['slow']],
    ['/v1/tenants?search=FA', 'tenant', ['fast']],
    ['/v1/tenants?sort=name&search=f', 'name', ['Fast', 'fleet']],
    ['/v1/webhooks?enabled=false', 'webhook', ['other']],
    ['/v1/webhooks?status=active', 'webhook', ['hook']],
    ['/v1/webhooks?events=voltbus.cdr.credited', 'webhook', []],
    ['/v1/webhooks?events=voltbus.cdr.issued,voltbus.cdr.credited&search=H', 'webhook', ['hook']],
    ['/v1/audit-log?method=POST&path=/v1/api-keys&actor=administrator&sort=at', 'method', ['POST', 'POST', 'POST']],
    ['/v1/audit-log?actor=0123456789abcdef', 'method', []],
  ])('GET %s', async (url, member, expected) => {
    expect(await namesIn(url, member)).toEqual(expected);
  });

  it.each([
    ['/v1/tariff-assignments?kind=group', 'kind'],
    ['/v1/webhooks?status=broken', 'status'],
    ['/v1/api-keys?scope=root', 'scope'],
    ['/v1/imports?state=ended', 'state'],
    ['/v1/dead-letters?kind=bad', 'kind'],
    ['/v1/dead-letters?from=yesterday', 'from'],
    ['/v1/tenants?sort=currency', 'sort'],
    ['/v1/settlements?fields=amounts', 'fields'],
    ['/v1/refused-connections?name=CS-1', 'name'],
  ])('refuse %s and name it', async (url, parameter) => {
    const { status, body } = await get(url);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(`/${parameter}`);
  });
});
