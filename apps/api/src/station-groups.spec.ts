import { TestApp, type TestRequest } from '@voltbus/http/testing';
import { EXPECTED_RIGHTS } from './testing/expected-rights';
import { startApi, type TestApi } from './testing/test-api';
import { storeDataOf, type DataOfStation } from './testing/data-of-stations';

interface Page {
  items: { station: string; id?: string }[];
  nextCursor: string | null;
  total?: number;
}
type Method = Parameters<TestApp['request']>[0];

let api: TestApi;
let depot: string;
let wide: string;
const dataOf: Record<string, DataOfStation & { command: string }> = {};

const send = <T = Page & { code: string }>(key: string, route: string, { body, headers }: Pick<TestRequest, 'body' | 'headers'> = {}) => {
  const [method, url = ''] = route.split(' ') as [Method, string];
  return api.app.request<T>(method, url, { key, tenant: null, body, headers });
};
const asAdmin = <T = unknown>(route: string, body?: object) => send<T>(TestApp.KEY, route, { body });
const makeKey = async (wanted: object) => (await asAdmin<{ key: string }>('POST /v1/api-keys', wanted)).body.key;

beforeAll(async () => {
  api = await startApi();
  // D-1 and D-2 are in the depot, whatever the case of its name; Y-1 is in another group, and N-1 in none
  for (const [station, group] of Object.entries({ 'D-1': 'Depot', 'D-2': 'DEPOT', 'Y-1': 'yard', 'N-1': null })) {
    expect((await asAdmin(`PUT /v1/stations/${station}`, { group })).status).toBe(201);
    const command = await asAdmin<{ id: string }>(`POST /v1/stations/${station}/commands`, {
      ...{ action: 'Reset', payload: { type: 'Soft' }, ttl: 3_600 },
    });
    await asAdmin(`PUT /v1/stations/${station}/configuration`, { values: [], paused: true });
    dataOf[station] = { ...(await storeDataOf(api.databaseUrl, 'default', station)), command: command.body.id };
  }
  depot = await makeKey({ name: 'depot', role: 'tenant-admin', stationGroups: ['depot'] });
  wide = await makeKey({ name: 'wide', role: 'tenant-admin' });
});
afterAll(() => api?.close());

const routesOf = (stationGroups: string) =>
  EXPECTED_RIGHTS.filter((one) => one.stationGroups === stationGroups && one.roles.length > 0).map(({ route }) => route);

/** The path with the ids of a station's things in it. */
function of(station: string, route: string): string {
  const data = dataOf[station];
  if (data === undefined) throw new Error(`no data of ${station}`);
  const {
    cdr,
    transaction,
    command: sent,
    reservation,
    exclusion,
    update,
    publication,
    log,
    reset,
    customerInformation,
    certificate,
    certificateRequest,
    installed,
  } = data;
  const ids = {
    ...{ cdrs: cdr, transactions: transaction, commands: sent, reservations: reservation },
    ...{
      'uptime-exclusions': exclusion,
      'firmware-updates': update,
      'firmware-publications': publication,
      logs: log,
      'customer-information': customerInformation,
    },
    ...{ certificates: certificate, 'certificate-requests': certificateRequest, stations: installed, resets: reset },
  };
  const id = Object.entries(ids).find(([resource]) => resource === route.split('/')[2])?.[1];
  const command = route.includes('remote-starts') ? data.remoteStart : data.remoteStop;
  return route
    .replace('{station}', station)
    .replace('{id}', id ?? '')
    .replace('{command}', command)
    .replace('{evse}', '1')
    .replace('{message}', '1');
}

describe('a key that is limited to station groups', () => {
  const lists = routesOf('list').filter((route) => !route.endsWith('/export'));

  it.each(lists)('sees in %s the stations of its groups alone, in the total too', async (route) => {
    const all = await send(wide, `${route}?total=true`);
    expect([...new Set(all.body.items.map(({ station }) => station))].sort()).toEqual(['D-1', 'D-2', 'N-1', 'Y-1']);
    const { status, body } = await send(depot, `${route}?total=true`);
    expect([status, [...new Set(body.items.map(({ station }) => station))].sort()]).toEqual([200, ['D-1', 'D-2']]);
    expect(body.total).toBe(body.items.length);
  });

  it('finds nothing of another station by the filters of a list either', async () => {
    for (const path of [
      'transactions?station=Y-1',
      'cdrs?station=Y-1,N-1',
      'stations?group=yard',
      'stations?search=Y',
      'stations?online=false&search=Y',
    ])
      expect((await send(depot, `GET /v1/${path}`)).body.items).toEqual([]);
    expect((await send(depot, 'GET /v1/cdrs?issuedFrom=2025-01-01T00:00:00Z')).body.items.map(({ station }) => station).sort()).toEqual([
      'D-1',
      'D-2',
    ]);
  });

  it.each(routesOf('list').filter((route) => route.endsWith('/export')))('exports by %s what is of its stations', async (route) => {
    const exported = async (key: string) => {
      const { payload } = await api.app.app.inject({ url: route.split(' ')[1] ?? '', headers: { authorization: `Bearer ${key}` } });
      return [...new Set(payload.match(/\b[DNY]-[12]\b/g))].sort(); // lines of JSON, or of CSV
    };
    expect(await exported(depot)).toEqual(['D-1', 'D-2']);
    expect(await exported(wide)).toEqual(['D-1', 'D-2', 'N-1', 'Y-1']);
  });

  it.each([...routesOf('item'), ...routesOf('station')])('is answered %s of another station as if it did not exist', async (route) => {
    const body = /^(POST|PUT|PATCH)/.test(route) ? {} : undefined;
    const [own, other, none] = [of('D-1', route), of('Y-1', route), of('N-1', route)];
    for (const route of [other, none]) {
      const answer = await send<Record<string, unknown>>(depot, route, { body });
      expect(answer).toMatchObject({ status: 404 });
      const missing = route.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[YN]-1/, (id) =>
        id.length > 5 ? '00000000-0000-4000-8000-000000000000' : 'X-1',
      );
      const { requestId: _id, ...unknown } = (await send<Record<string, unknown>>(depot, missing, { body })).body;
      expect(answer.body).toMatchObject(unknown);
    }
    if (route.startsWith('DELETE')) return;
    const { status, body: mine } = await send<Record<string, unknown>>(depot, own, { body });
    const { status: asWide, body: theirs } = await send<Record<string, unknown>>(wide, own, { body });
    expect([status, mine['code']]).toEqual([asWide, theirs['code']]);
    expect(status).not.toBe(403);
  });

  it('changed nothing of another station by that', async () => {
    for (const station of ['Y-1', 'N-1']) {
      expect(await send(wide, `GET /v1/stations/${station}`)).toMatchObject({ status: 200 });
      expect(await send(wide, `GET /v1/commands?station=${station}`)).toMatchObject({ body: { items: [{ station, status: 'queued' }] } });
    }
  });

  it('moves no station out of its groups, and registers none', async () => {
    const refused = { status: 403, body: { code: 'limited-to-station-groups' } };
    for (const body of [{ group: 'yard' }, { group: null }])
      for (const method of ['PUT', 'PATCH']) expect(await send(depot, `${method} /v1/stations/D-1`, { body })).toMatchObject(refused);
    expect(await send(depot, 'PATCH /v1/stations/D-1', { body: { name: 'Gate', group: 'depot' } })).toMatchObject({ status: 200 });
    expect(await send(depot, 'PUT /v1/stations/D-9', { body: { group: 'depot' } })).toMatchObject({ status: 404 });
    expect(await send(wide, 'GET /v1/stations/D-1')).toMatchObject({ body: { group: 'depot', name: 'Gate' } });
  });

  it('resumes no list at the cursor of a key with other groups', async () => {
    for (const path of ['stations?limit=1', 'cdrs?issuedFrom=2025-01-01T00:00:00Z&limit=1']) {
      const { body } = await send(wide, `GET /v1/${path}`);
      const resumed = `GET /v1/${path}&cursor=${body.nextCursor ?? ''}`;
      expect(await send(wide, resumed)).toMatchObject({ status: 200 });
      expect(await send(depot, resumed)).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
    }
    const own = await send(depot, 'GET /v1/stations?limit=1');
    const again = await makeKey({ name: 'again', role: 'viewer', stationGroups: ['depot'] });
    expect(await send(again, `GET /v1/stations?limit=1&cursor=${own.body.nextCursor ?? ''}`)).toMatchObject({
      body: { items: [{ station: 'D-2' }] },
    });
  });

  it('follows a station that changes its group', async () => {
    const stations = async () => (await send(depot, 'GET /v1/transactions')).body.items.map(({ station }) => station).sort();
    await send(wide, 'PATCH /v1/stations/N-1', { body: { group: 'depot' } });
    expect(await stations()).toEqual(['D-1', 'D-2', 'N-1']);
    await send(wide, 'PATCH /v1/stations/N-1', { body: { group: null } });
    expect(await stations()).toEqual(['D-1', 'D-2']);
  });
});

describe('making keys', () => {
  it('gives no right that the maker lacks, whether by role or by scopes', async () => {
    const admin = await makeKey({ name: 'admin scope', scopes: ['admin'] });
    const make = (body: object) => send<{ permission?: string }>(admin, 'POST /v1/api-keys', { body });
    for (const wanted of [
      { role: 'viewer' },
      { role: 'tenant-admin' },
      { scopes: ['read'] },
      { role: 'technician', stationGroups: ['depot'] },
    ])
      expect(await make({ name: 'more', ...wanted })).toMatchObject({
        status: 403,
        body: { code: 'forbidden', permission: expect.any(String) },
      });
    expect(await make({ name: 'the same', scopes: ['admin'] })).toMatchObject({ status: 201, body: { role: null, scopes: ['admin'] } });
    expect(await send(wide, 'POST /v1/api-keys', { body: { name: 'child', role: 'tenant-admin' } })).toMatchObject({ status: 201 });
    expect(await send(depot, 'POST /v1/api-keys', { body: { name: 'wider', role: 'viewer' } })).toMatchObject({
      status: 403,
      body: { code: 'limited-to-station-groups' },
    });
  });

  it.each([
    {},
    { role: 'viewer', scopes: ['read'] },
    { role: 'platform-admin' },
    { role: 'root' },
    { role: 'viewer', stationGroups: [] },
    { role: 'viewer', stationGroups: [''] },
  ])('is refused without exactly one of a role and scopes, or with groups that cannot be: %j', async (body) => {
    expect(await asAdmin('POST /v1/api-keys', { name: 'x', ...body })).toMatchObject({ status: 422 });
  });
});

it('demands more of an operator for commands that change how a station is set up', async () => {
  const operator = await makeKey({ name: 'operator', role: 'operator' });
  const command = (action: string, payload: object) =>
    send<{ permission?: string }>(operator, 'POST /v1/stations/D-1/commands', { body: { action, payload } });
  expect(await command('Reset', { type: 'Soft' })).toMatchObject({ status: 202 });
  for (const action of ['ChangeConfiguration', 'changeconfiguration', 'UpdateFirmware', 'DataTransfer', 'GetDiagnostics', 'no action'])
    expect(await command(action, {})).toMatchObject({ status: 403, body: { permission: 'configuration:write' } });
});
