import fc from 'fast-check';
import { TestApp } from '@voltbus/http/testing';
import { ImportRunner } from '@voltbus/service-device-config';
import { startApi, type TestApi } from './testing/test-api';

interface Import {
  id: string;
  state: string;
  [member: string]: unknown;
}
interface Result {
  line: number;
  key: string | null;
  outcome: string;
  problem: { code: string; detail: string; errors: { path: string; message: string }[] } | null;
}
interface Answer<T> {
  status: number;
  etag: string | undefined;
  body: T;
}
type Sent = { tenant?: string; body?: string; type?: string; headers?: Record<string, string> };

const STATIONS = 'station,password,registration,securityProfile,place.city,place.country,labels.site,evseIds';
const PASSWORD = 'correct, "horse" battery';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  for (const tenant of ['imports', 'single']) await put(`/v1/tenants/${tenant}`, { currency: 'EUR', defaultTariff: null }, 'default');
});
afterAll(() => api?.close());

async function send<T>(method: 'GET' | 'PUT' | 'POST', url: string, sent: Sent = {}): Promise<Answer<T>> {
  const { tenant = 'imports', body, type = 'application/json', headers = {} } = sent;
  const answer = await api.app.app.inject({
    ...{ method, url },
    ...(body === undefined ? {} : { payload: body }),
    headers: {
      ...{ authorization: `Bearer ${TestApp.KEY}`, 'voltbus-tenant': tenant },
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
  });
  return { status: answer.statusCode, etag: answer.headers.etag, body: JSON.parse(answer.payload) as T };
}
const put = (url: string, body: object, tenant?: string) =>
  send<{ code?: string; errors?: Result['problem'] }>('PUT', url, {
    body: JSON.stringify(body),
    ...(tenant === undefined ? {} : { tenant }),
  });
const post = (query: string, body: string, type = 'text/csv', headers = {}) =>
  send<Import & { code?: string }>('POST', `/v1/imports?${query}`, { body, type, headers });
const results = async (id: string, query = 'limit=200') =>
  (await send<{ items: Result[] }>('GET', `/v1/imports/${id}/results?${query}`)).body.items;
const show = async (path: string, tenant = 'imports') => (await send<Record<string, unknown>>('GET', path, { tenant })).body;

/** Imports, and works until it has ended. */
async function done(query: string, body: string, type = 'text/csv'): Promise<{ job: Import; items: Result[] }> {
  const { status, body: queued } = await post(query, body, type);
  expect({ status, state: queued.state }).toEqual({ status: 202, state: 'queued' });
  const runner = api.app.app.get(ImportRunner, { strict: false });
  while (await runner.turn());
  return { job: (await send<Import>('GET', `/v1/imports/${queued.id}`)).body, items: await results(queued.id) };
}

interface Row {
  idToken: string;
  status: string;
  groupId: string;
  concurrent: string;
  maxEnergyWh: string;
  credit: string;
}
const cell = (...values: string[]) => fc.constantFrom(...values);
const row: fc.Arbitrary<Row> = fc.record({
  idToken: cell('A', 'B', 'C', 'd', ' E', '', 'x'.repeat(256)),
  status: cell('Accepted', 'Accepted', 'Blocked', 'blocked', ''),
  groupId: cell('', 'FLEET', 'null', '=1+1', 'a,"b"\nc'),
  concurrent: cell('', 'true', 'false', 'yes'),
  maxEnergyWh: cell('', '5000', '0', '1.5', 'many'),
  credit: cell('', '9.5', '-1', 'null'),
});
const HEADER = 'idToken,status,groupId,concurrent,limit.maxEnergyWh,prepaid.credit';
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const csvOf = (rows: readonly Row[]) => [HEADER, ...rows.map((one) => Object.values(one).map(quoted).join(','))].join('\r\n');

/** The body that a careful person would write for the row. */
function bodyOf({ idToken, status, groupId, concurrent, maxEnergyWh, credit }: Row): object {
  return {
    ...(idToken === '' ? {} : { idToken }),
    ...(status === '' ? {} : { status }),
    ...(groupId === '' ? {} : { groupId: groupId === 'null' ? null : groupId }),
    ...(concurrent === '' ? {} : { concurrent: concurrent === 'yes' ? 'yes' : concurrent === 'true' }),
    ...(maxEnergyWh === '' ? {} : { limit: { maxEnergyWh: maxEnergyWh === 'many' ? 'many' : Number(maxEnergyWh) } }),
    ...(credit === '' ? {} : { prepaid: { credit } }),
  };
}

/** What the PUT of each row does, one by one, to another tenant. */
async function putEach(rows: readonly Row[]): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  for (const one of rows) {
    const path = `/v1/tokens/${encodeURIComponent(one.idToken)}`;
    if (one.idToken === '') {
      outcomes.push(['invalid', 'invalid']);
      continue;
    }
    const before = await send('GET', path, { tenant: 'single' });
    const { status, etag, body } = await put(path, bodyOf(one), 'single');
    if (status >= 400) outcomes.push(['invalid', body.code]);
    else outcomes.push([status === 201 ? 'created' : etag === before.etag ? 'unchanged' : 'replaced', undefined]);
  }
  return outcomes;
}

it('does to every item what its PUT does, and a dry run says so beforehand and writes nothing', async () => {
  const rows = fc.uniqueArray(row, { minLength: 1, maxLength: 7, selector: ({ idToken }) => idToken });
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (given, asJson) => {
      const body = asJson ? given.map((one) => JSON.stringify(bodyOf(one))).join('\n') : csvOf(given);
      const type = asJson ? 'application/jsonl' : 'text/csv';
      const before = await show('/v1/tokens');
      const dry = await done('kind=tokens&dryRun=true', body, type);
      expect(await show('/v1/tokens')).toEqual(before);
      const real = await done('kind=tokens', body, type);
      const summary = ({ outcome, problem }: Result) => [outcome, problem?.code];
      expect(real.items.map(summary)).toEqual(await putEach(given));
      expect(dry.items).toEqual(real.items);
      expect({ ...dry.job, dryRun: false }).toEqual({ ...real.job, ...pick(dry.job) });
      expect(await show('/v1/tokens')).toEqual(await show('/v1/tokens', 'single'));
    }),
    { numRuns: 12 },
  );
});
const pick = ({ id, ['createdAt']: createdAt, ['startedAt']: startedAt, ['endedAt']: endedAt }: Import) => ({
  id,
  createdAt,
  startedAt,
  endedAt,
});

it('imports stations with their passwords, which are in no result and in no record', async () => {
  const csv = `${STATIONS}\nCS/1,"${PASSWORD.replaceAll('"', '""')}",pending,2,Köln,DEU,A1,"[{""evse"":1,""evseId"":""DE*ABC*E1234""}]"\nCS/2,short,,,,,,\nCS/3,,,,,,,\n,"${PASSWORD.replaceAll('"', '""')}",,,,,,`;
  const { job, items } = await done('kind=stations', csv);
  expect(job).toMatchObject({ state: 'done', kind: 'stations', total: 4, created: 2, failed: 2 });
  expect(items.map(({ line, key, outcome, problem }) => [line, key, outcome, problem?.errors[0]?.path])).toEqual([
    [2, 'CS/1', 'created', undefined],
    [3, 'CS/2', 'invalid', '/password'],
    [4, 'CS/3', 'created', undefined],
    [5, null, 'invalid', '/station'],
  ]);
  expect(await show('/v1/stations/CS%2F1')).toMatchObject({
    ...{ registration: 'pending', securityProfile: 2, place: { city: 'Köln', country: 'DEU' }, labels: { site: 'A1' } },
  });
  const again = await done('kind=stations', csv);
  expect(again.items.map(({ outcome }) => outcome)).toEqual(['unchanged', 'invalid', 'unchanged', 'invalid']);
  const log = await show('/v1/audit-log?path=/v1/stations/');
  expect(JSON.stringify([items, again, log])).not.toContain('horse');
});

it('records each change in the audit log as its author made it, and a dry run and a refusal not at all', async () => {
  const header = { 'voltbus-reason': 'prices of spring' };
  const body = 'tariff,currency,perKwh\nspring,EUR,0.49\nother,USD,0.49\n';
  await done('kind=tariffs&dryRun=true', body);
  const { body: job } = await post('kind=tariffs', body, 'text/csv', header);
  const runner = api.app.app.get(ImportRunner, { strict: false });
  while (await runner.turn());
  expect(await results(job.id)).toEqual([
    { line: 2, key: 'spring', outcome: 'created', problem: null },
    {
      ...{ line: 3, key: 'other', outcome: 'invalid' },
      problem: {
        ...{ code: 'invalid', detail: "/currency: the tenant's currency is EUR" },
        errors: [{ path: '/currency', message: "the tenant's currency is EUR" }],
      },
    },
  ]);
  const { items: entries } = (await show('/v1/audit-log?path=/v1/tariffs/')) as { items: object[] };
  expect(entries).toMatchObject([
    {
      ...{ actor: 'administrator', method: 'PUT', path: '/v1/tariffs/spring', reason: 'prices of spring', status: 201, before: null },
      after: { tariff: 'spring', perKwh: '0.49' },
    },
  ]);
});

it('refuses with onlyNew to replace what differs, by a dry run as well', async () => {
  const line = (tariff: string, perKwh: string) => JSON.stringify({ tariff, currency: 'EUR', perKwh });
  await done('kind=tariffs', line('kept', '1'), 'application/jsonl');
  for (const dryRun of ['true', 'false']) {
    const { items } = await done(
      `kind=tariffs&onlyNew=true&dryRun=${dryRun}`,
      [line('kept', '2'), line(`new-${dryRun}`, '2')].join('\n'),
      'application/x-ndjson',
    );
    expect(items.map(({ outcome, problem }) => [outcome, problem?.code])).toEqual([
      ['conflict', 'precondition-failed'],
      ['created', undefined],
    ]);
    expect((await done('kind=tariffs&onlyNew=true', line('kept', '1'), 'application/jsonl')).job).toMatchObject({
      unchanged: 1,
      failed: 0,
    });
  }
  expect(await show('/v1/tariffs/kept')).toMatchObject({ perKwh: '1' });
});

it('is asked for once with an Idempotency-Key', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await post('kind=tariffs&dryRun=true', 'tariff,currency,perKwh\na,EUR,1', 'text/csv', headers);
  const again = await post('kind=tariffs&dryRun=true', 'tariff,currency,perKwh\na,EUR,1', 'text/csv', headers);
  expect(again).toEqual(first);
  expect(await post('kind=tariffs&dryRun=true', 'tariff,currency,perKwh\nb,EUR,1', 'text/csv', headers)).toMatchObject({
    ...{ status: 409, body: { code: 'idempotency-key-reused' } },
  });
  expect((await send<Import>('POST', `/v1/imports/${first.body.id}/cancel`)).body).toMatchObject({ state: 'cancelled', skipped: 1 });
});

it('lists imports newest first and by their state, and results by page and by outcome', async () => {
  const { job } = await done('kind=tokens', 'idToken,status\nP1,Accepted\nP2,wrong\nP3,Accepted');
  const { items } = (await show('/v1/imports?kind=tokens&state=done&limit=1')) as { items: Import[] };
  expect(items).toEqual([job]);
  const first = (await send<{ items: Result[]; nextCursor: string }>('GET', `/v1/imports/${job.id}/results?limit=2`)).body;
  const rest = await results(job.id, `limit=2&cursor=${first.nextCursor}`);
  expect([...first.items, ...rest].map(({ key }) => key)).toEqual(['P1', 'P2', 'P3']);
  expect((await results(job.id, 'outcome=invalid')).map(({ key }) => key)).toEqual(['P2']);
  expect((await send('GET', `/v1/imports/${job.id}`, { tenant: 'single' })).status).toBe(404);
  expect((await send('GET', `/v1/imports/${job.id}/results`, { tenant: 'single' })).status).toBe(404);
  expect((await send('POST', `/v1/imports/${job.id}/cancel`, { tenant: 'single' })).status).toBe(404);
});

it.each([
  ['an unknown kind', 'kind=cars', 'idToken', 'text/csv', 400],
  ['no kind', '', 'idToken', 'text/csv', 400],
  ['a flag that is neither true nor false', 'kind=tokens&dryRun=maybe', 'idToken', 'text/csv', 400],
  ['JSON', 'kind=tokens', '{}', 'application/json', 415],
  ['plain text', 'kind=tokens', 'idToken', 'text/plain', 415],
  ['no body', 'kind=tokens', '', 'text/csv', 400],
  ['an open quote', 'kind=tokens', 'idToken,status\nA,"', 'text/csv', 400],
  ['an unknown column', 'kind=tokens', 'idToken,colour\nA,red', 'text/csv', 422],
  ['more bytes than there may be', 'kind=tokens', 'x'.repeat(10 * 1_048_576 + 1), 'text/csv', 413],
  ['more items than there may be', 'kind=tokens', `idToken\n${'x\n'.repeat(50_001)}`, 'text/csv', 413],
] as const)('refuses %s', async (_what, query, body, type, status) => {
  expect((await post(query, body, type)).status).toBe(status);
});

it('takes lines nowhere else', async () => {
  const answer = await send<{ code: string }>('PUT', '/v1/tokens/A', { body: 'x'.repeat(2_000_000), type: 'text/csv' });
  expect([answer.status, answer.body.code]).toEqual([415, 'unsupported-media-type']);
});
