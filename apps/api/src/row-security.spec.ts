import { TestApp } from '@voltbus/http/testing';
import { Client } from 'pg';
import { EXPECTED_RIGHTS } from './testing/expected-rights';
import { storeDataOf, type DataOfStation } from './testing/data-of-stations';
import { startApi, type TestApi } from './testing/test-api';

const STATION = 'CS-1';
const THEIRS = 'CS-2';
type Method = Parameters<TestApp['request']>[0];

let api: TestApi;
let key: string;
let theirs: DataOfStation;
/** Statements that were sent without their conditions on the tenant. */
let unconditional = 0;
/** pg has many forms of it, and hands them all on. */
const sendOfPg = Client.prototype.query as (this: Client, ...sent: unknown[]) => unknown;

/** Takes the conditions on the tenant out of every statement that a request sends. */
function removeTenantConditions(): void {
  Client.prototype.query = function (this: Client, ...sent: unknown[]) {
    const statement = sent[0] as { text?: unknown; tenant?: unknown; name?: string | undefined };
    const { text, tenant } = statement;
    if (typeof text === 'string' && tenant !== undefined) {
      statement.text = text.replaceAll(/(?:[\w"]+\.)?"?\btenant\b"? = (\$\d+)(?:::text)?/g, '$1::text IS NOT NULL');
      if (statement.text !== text) {
        unconditional += 1;
        statement.name = undefined; // it is another one now than that which was prepared
      }
    }
    return sendOfPg.apply(this, sent);
  } as never;
}

const asAdmin = async <T>(tenant: string, route: string, body?: object): Promise<T> => {
  const [method, url = ''] = route.split(' ') as [Method, string];
  const { status, body: answer } = await api.app.request<T>(method, url, { tenant, body });
  expect([route, Math.floor(status / 100)]).toEqual([route, 2]);
  return answer;
};

/** Another station of another tenant with one of everything, beside one of ours. */
beforeAll(async () => {
  api = await startApi();
  for (const [tenant, station] of [
    ['ours', STATION],
    ['theirs', THEIRS],
  ] as const) {
    await asAdmin('default', `PUT /v1/tenants/${tenant}`, { name: tenant, currency: 'EUR', defaultTariff: null });
    await asAdmin(tenant, `PUT /v1/stations/${station}`, {});
    await asAdmin(tenant, `POST /v1/stations/${station}/commands`, { action: 'Reset', payload: { type: 'Soft' }, ttl: 3_600 });
    await asAdmin(tenant, `PUT /v1/stations/${station}/configuration`, { values: [], paused: true });
    theirs = await storeDataOf(api.databaseUrl, tenant, station); // the last one's
    await storeMessageOf(tenant, station);
  }
  key = (await asAdmin<{ key: string }>('ours', 'POST /v1/api-keys', { name: 'key', role: 'tenant-admin' })).key;
  removeTenantConditions();
});
afterAll(async () => {
  Client.prototype.query = sendOfPg as never;
  await api?.close();
});

/** In a partition, with the id of a token. */
async function storeMessageOf(tenant: string, station: string): Promise<void> {
  const client = new Client({ connectionString: api.databaseUrl });
  await client.connect();
  await client.query(
    `INSERT INTO device_config.frames (tenant, station, at, seq, direction, type, bytes, cut, payload) VALUES ($1, $2, now(), 1, 'in', 'call', 15, false, $3)`,
    [tenant, station, '{"idTag":"T"}'],
  );
  await client.end();
}

const ask = async (route: string, body?: object, headers: Readonly<Record<string, string>> = {}) => {
  const [method, url = ''] = route.split(' ') as [Method, string];
  const { statusCode, payload } = await api.app.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { payload: body }),
  });
  const names: string[] = payload.match(new RegExp(`\\b(?:${STATION}|${THEIRS}|theirs)\\b`, 'g')) ?? [];
  return { status: statusCode, names };
};

/** The path with the ids of what the other tenant has. */
function ofTheirs(route: string): string {
  const ids: Readonly<Record<string, string>> = {
    ...{ cdrs: theirs.cdr, transactions: theirs.transaction, reservations: theirs.reservation, 'uptime-exclusions': theirs.exclusion },
    ...{
      'firmware-updates': theirs.update,
      'firmware-publications': theirs.publication,
      logs: theirs.log,
      'customer-information': theirs.customerInformation,
      resets: theirs.reset,
    },
    ...{ certificates: theirs.certificate, 'certificate-requests': theirs.certificateRequest, stations: theirs.installed },
    ...{ 'remote-starts': theirs.remoteStart, 'remote-stops': theirs.remoteStop },
  };
  const resource = /remote-(?:starts|stops)/.exec(route)?.[0] ?? route.split('/')[2] ?? '';
  const id = ids[resource] ?? '00000000-0000-4000-8000-000000000000';
  return route
    .replace('{station}', THEIRS)
    .replace(/\{(?:id|command)\}/, id)
    .replace(/\{\w+\}/g, '1');
}

const ROUTES = EXPECTED_RIGHTS.filter(({ roles, stationGroups }) => roles.length > 0 && stationGroups !== 'stream');
const of = (kind: string) => ROUTES.filter(({ stationGroups }) => stationGroups === kind).map(({ route }) => route);

describe('with the conditions on the tenant taken out of its statements', () => {
  it('every list and export has what is of our tenant alone', async () => {
    const others: unknown[] = [];
    for (const route of of('list')) {
      const { status, names } = await ask(route);
      if (status !== 200 || !names.includes(STATION) || names.some((name) => name !== STATION))
        others.push([route, status, [...new Set(names)]]);
    }
    expect(others).toEqual([]);
    expect(unconditional).toBeGreaterThan(of('list').length - 1);
  });

  it('no route that concerns the whole tenant has anything of another', async () => {
    const routes = of('refused').filter((route) => route.startsWith('GET') && !route.includes('{'));
    const faults: unknown[] = [];
    for (const route of routes) {
      const { status, names } = await ask(route.endsWith('/token-data') ? `${route}?idToken=T` : route);
      if (status >= 500 || names.some((name) => name !== STATION)) faults.push([route, status, [...new Set(names)]]);
    }
    expect(faults).toEqual([]);
    const { payload } = await api.app.app.inject({ url: '/v1/token-data?idToken=T', headers: { authorization: `Bearer ${key}` } });
    expect(payload).toContain('"frames"');
  });

  it('no route reads, changes or removes what is of another tenant', async () => {
    const before = await everythingOfTheirs();
    const faults: unknown[] = [];
    unconditional = 0;
    const routes = [...of('item'), ...of('station')];
    const makes = (route: string) => Number(route.startsWith('PUT')); // last: then we have a station of that name, too
    for (const route of routes.sort((one, other) => makes(one) - makes(other))) {
      const { status, names } = await ask(ofTheirs(route), /^(POST|PUT|PATCH)/.test(route) ? {} : undefined);
      if (status >= 500 || names.includes('theirs') || (status < 300 && !route.startsWith('PUT'))) faults.push([route, status]);
    }
    expect(faults).toEqual([]);
    expect(unconditional).toBeGreaterThan(50);
    expect(await everythingOfTheirs()).toEqual(before);
  });
});

/** Every row of the other tenant, by table. */
async function everythingOfTheirs(): Promise<Record<string, string[]>> {
  const client = new Client({ connectionString: api.databaseUrl });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT attrelid::regclass::text AS name FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
     WHERE attname = 'tenant' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  );
  const all: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t WHERE tenant = 'theirs' ORDER BY 1`);
    all[name] = rows.map(({ row }) => row);
  }
  await client.end();
  expect(Object.values(all).flat().length).toBeGreaterThan(20);
  return all;
}
