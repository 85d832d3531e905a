import type { TestApp } from '@voltbus/http/testing';
import { Client } from 'pg';
import { startApi, type TestApi } from './testing/test-api';

interface Entry {
  id: string;
  actor: string;
  actorName: string | null;
  method: string;
  path: string;
  reason: string | null;
  before: unknown;
  after: unknown;
  status: number | null;
  address: string;
  requestId: string;
}

/** The least that a PUT of a tenant needs. */
const TENANT = { currency: 'EUR', defaultTariff: null };

let api: TestApi;
let app: TestApp;
let database: Client;
beforeAll(async () => {
  api = await startApi();
  app = api.app;
  database = new Client({ connectionString: api.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await api?.close();
});

const PASSWORD = 'correct horse battery';

async function entriesOf(tenant: string, query = ''): Promise<Entry[]> {
  return (await app.request<{ items: Entry[] }>('GET', `/v1/audit-log${query}`, { tenant })).body.items;
}

async function tenantWithKey(tenant: string, scopes: string[]): Promise<{ id: string; key: string }> {
  await app.request('PUT', `/v1/tenants/${tenant}`, { body: TENANT });
  return (await app.request<{ id: string; key: string }>('POST', '/v1/api-keys', { body: { name: 'console', scopes }, tenant })).body;
}

describe('the audit log', () => {
  it('records the author, address and reason of a change, and the resource before and after it', async () => {
    const { id, key } = await tenantWithKey('trail', ['admin', 'operate']);
    const headers = { 'voltbus-reason': 'lost card' };
    await app.request('PUT', '/v1/tokens/CARD', { body: { status: 'Accepted' }, key, tenant: null });
    await app.request('PUT', '/v1/tokens/CARD', { body: { status: 'Blocked' }, key, tenant: null, headers });
    await app.request('DELETE', '/v1/tokens/CARD', { key, tenant: null });
    const [removed, blocked, made] = await entriesOf('trail', '?path=/v1/tokens/');
    expect(made).toMatchObject({ actor: id, actorName: 'console', method: 'PUT', path: '/v1/tokens/CARD', before: null, status: 201 });
    expect(made).toMatchObject({ after: { idToken: 'CARD', status: 'Accepted' }, address: '127.0.0.1', reason: null });
    expect(blocked).toMatchObject({ before: { status: 'Accepted' }, after: { status: 'Blocked' }, reason: 'lost card' });
    expect(removed).toMatchObject({ method: 'DELETE', before: { status: 'Blocked' }, after: null, status: 204 });
    expect(made?.requestId).not.toBe('');
  });

  it('records no password, no key and no other secret', async () => {
    const { key } = await tenantWithKey('secretive', ['admin']);
    await app.request('PUT', '/v1/stations/CS-1', { body: { password: PASSWORD }, key, tenant: null });
    const { rows } = await database.query('SELECT audit_log::text AS text FROM device_config.audit_log');
    const everything = JSON.stringify(rows);
    expect(everything).toContain('/v1/stations/CS-1');
    expect(everything).not.toContain(PASSWORD);
    expect(everything).not.toContain(key);
    expect(everything).not.toContain(key.slice(21, 64)); // its secret
  });

  it('redacts a secret inside a reason or a text of a resource', async () => {
    await tenantWithKey('talkative', ['admin']);
    const headers = { 'voltbus-reason': 'logs are at ftp://ops:hunter2@files.example/x' };
    await app.request('PUT', '/v1/stations/CS-9', { body: {}, tenant: 'talkative', headers });
    const body = { name: 'console, password: hunter2', scopes: ['read'] };
    await app.request('POST', '/v1/api-keys', { body, tenant: 'talkative' });
    const [named, reasoned] = await entriesOf('talkative');
    expect(reasoned?.reason).toBe('logs are at ftp://[redacted]@files.example/x');
    expect(named?.path).toBe('/v1/api-keys');
    const { rows } = await database.query("SELECT audit_log::text FROM device_config.audit_log WHERE tenant = 'talkative'");
    expect(JSON.stringify(rows)).not.toContain('hunter2');
  });

  it.each(['from', 'to'])('refuses a time in `%s` that no column could hold', async (name) => {
    for (const path of ['/v1/audit-log', '/v1/audit-log/export'])
      for (const time of ['0000-01-01T00:00:00Z', '2026-01-01T00:00:00%2B23:59', `2026-01-01T00:00:00.${'1'.repeat(300)}Z`])
        expect(await app.request('GET', `${path}?${name}=${time}`)).toMatchObject({
          status: 400,
          body: { errors: [{ path: `/${name}` }] },
        });
  });

  it('records a change by the administrator in the log of the tenant that it concerns', async () => {
    await app.request('PUT', '/v1/tenants/mine', { body: { ...TENANT, name: 'Before' } });
    await app.request('PUT', '/v1/tenants/mine', { body: { ...TENANT, name: 'After' } });
    const [renamed] = await entriesOf('mine', '?actor=administrator');
    expect(renamed).toMatchObject({
      actor: 'administrator',
      before: { name: 'Before' },
      after: { name: 'After' },
      path: '/v1/tenants/mine',
    });
  });

  it('has no entry for a refused change', async () => {
    await tenantWithKey('refusals', ['admin']);
    const before = await entriesOf('refusals');
    for (const body of [{ status: 'no such status' }, { colour: 'red' }])
      await app.request('PUT', '/v1/tokens/X', { body, tenant: 'refusals' });
    await app.request('DELETE', '/v1/tokens/UNKNOWN', { tenant: 'refusals' });
    await app.request('PUT', '/v1/stations/A%00B', { body: {}, tenant: 'refusals' });
    await app.request('DELETE', '/v1/tokens/A%00B', { tenant: 'refusals' });
    expect(await entriesOf('refusals')).toEqual(before);
  });

  it('cuts a reason to the length that is stored', async () => {
    await tenantWithKey('reasons', ['admin']);
    const headers = { 'voltbus-reason': 'x'.repeat(600) };
    await app.request('PUT', '/v1/tokens/LONG', { body: { status: 'Accepted' }, tenant: 'reasons', headers });
    expect((await entriesOf('reasons', '?path=/v1/tokens/LONG'))[0]?.reason).toHaveLength(500);
  });

  it('is listed in pages with filters, and exported as a whole', async () => {
    for (let change = 0; change < 10; change++) await app.request('PUT', '/v1/tokens/X', { body: { status: 'Accepted' } }); // ids of several digits
    await tenantWithKey('pages', ['admin']);
    for (const card of ['A', 'B', 'C']) await app.request('PUT', `/v1/tokens/${card}`, { body: { status: 'Accepted' }, tenant: 'pages' });
    const first = await app.request<{ items: Entry[]; nextCursor: string }>('GET', '/v1/audit-log?limit=2&method=PUT', { tenant: 'pages' });
    const second = await app.request<{ items: Entry[] }>('GET', `/v1/audit-log?limit=2&method=PUT&cursor=${first.body.nextCursor}`, {
      tenant: 'pages',
    });
    expect([...first.body.items, ...second.body.items].map(({ path }) => path)).toEqual([
      '/v1/tokens/C',
      '/v1/tokens/B',
      '/v1/tokens/A',
      '/v1/tenants/pages',
    ]);
    expect(await entriesOf('pages', '?to=2020-01-01T00:00:00Z')).toEqual([]);
    const { payload } = await app.app.inject({
      url: '/v1/audit-log/export',
      headers: { authorization: `Bearer ${'k'.repeat(40)}`, 'voltbus-tenant': 'pages' },
    });
    const lines = payload
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Entry);
    expect(lines.map(({ path }) => path)).toEqual((await entriesOf('pages')).map(({ path }) => path));
  });

  it('shows the entries of one tenant only', async () => {
    const { key } = await tenantWithKey('apart', ['admin']);
    const { body } = await app.request<{ items: Entry[] }>('GET', '/v1/audit-log', { key, tenant: null });
    expect(body.items.every(({ path }) => path === '/v1/tenants/apart' || path === '/v1/api-keys')).toBe(true);
  });

  it.each(["UPDATE device_config.audit_log SET reason = 'another'", 'DELETE FROM device_config.audit_log'])(
    'is append-only in the database, which refuses: %s',
    async (statement) => {
      await tenantWithKey('sealed', ['admin']);
      await expect(database.query(statement)).rejects.toThrow('append-only');
    },
  );
});

describe('an API key', () => {
  const make = (key: string, body: object) =>
    app.request<{ id: string; key: string; createdBy: string }>('POST', '/v1/api-keys', { key, body, tenant: null });

  it('shows its creator, and cannot give a scope that it lacks', async () => {
    const { id, key } = await tenantWithKey('makers', ['admin', 'read']);
    const { body: child } = await make(key, { name: 'child', scopes: ['read'] });
    expect(child).toMatchObject({ createdBy: id });
    expect(await make(key, { name: 'greedy', scopes: ['read', 'operate'] })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', permission: 'configuration:write' },
    });
    const keys = await app.request<{ items: { name: string; createdBy: string }[] }>('GET', '/v1/api-keys', { tenant: 'makers' });
    expect(keys.body.items.map(({ name, createdBy }) => [name, createdBy])).toEqual([
      ['child', id],
      ['console', 'administrator'],
    ]);
  });

  it('ends at once with the key that created it', async () => {
    const { id, key } = await tenantWithKey('families', ['admin', 'read']);
    const { body: child } = await make(key, { name: 'child', scopes: ['admin', 'read'] });
    const { body: grandchild } = await make(child.key, { name: 'grandchild', scopes: ['read'] });
    const works = async (one: string) => (await app.request('GET', '/v1/tokens', { key: one, tenant: null })).status;
    expect(await works(grandchild.key)).toBe(200);
    await app.request('DELETE', `/v1/api-keys/${id}`, { tenant: 'families' });
    expect([await works(key), await works(child.key), await works(grandchild.key)]).toEqual([401, 401, 401]);
  });

  it('expires no later than the key that created it', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    await app.request('PUT', '/v1/tenants/terms', { body: TENANT });
    const body = { name: 'short', scopes: ['admin'], expiresAt };
    const { body: maker } = await app.request<{ key: string }>('POST', '/v1/api-keys', { body, tenant: 'terms' });
    expect(await make(maker.key, { name: 'child', scopes: ['admin'] })).toMatchObject({ status: 201, body: { expiresAt } });
    const later = new Date(Date.now() + 7_200_000).toISOString();
    expect(await make(maker.key, { name: 'later', scopes: ['admin'], expiresAt: later })).toMatchObject({ status: 422 });
  });
});

it('never gives the name of a deleted tenant again, so that its stored data never becomes that of another', async () => {
  await tenantWithKey('former', ['read']);
  await app.request('PUT', '/v1/tokens/OLD', { body: { status: 'Accepted' }, tenant: 'former' });
  expect(await app.request('DELETE', '/v1/tenants/former')).toMatchObject({ status: 204 });
  expect(await app.request('PUT', '/v1/tenants/former', { body: TENANT })).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await app.request('GET', '/v1/tenants/former')).toMatchObject({ status: 404 });
});

it("ends a deleted tenant's keys at once, and shows the administrator who deleted it", async () => {
  const { key } = await tenantWithKey('closed', ['read', 'admin']);
  expect(await app.request('GET', '/v1/audit-log', { key, tenant: null })).toMatchObject({ status: 200 });
  await app.request('DELETE', '/v1/tenants/closed', { headers: { 'voltbus-reason': 'contract ended' } });
  expect(await app.request('GET', '/v1/audit-log', { key, tenant: null })).toMatchObject({ status: 401 });
  const [deleted] = await entriesOf('closed');
  expect(deleted).toMatchObject({
    method: 'DELETE',
    path: '/v1/tenants/closed',
    actor: 'administrator',
    reason: 'contract ended',
    status: 204,
  });
  expect(await app.request('GET', '/v1/audit-log/export', { tenant: 'closed' })).toMatchObject({ status: 200 });
  for (const path of ['/v1/audit-log', '/v1/audit-log/export'])
    expect(await app.request('GET', path, { tenant: 'never-was' })).toMatchObject({ status: 404, body: { code: 'unknown-tenant' } });
});

it('never deletes the default tenant, which stations and callers have that name none', async () => {
  expect(await app.request('DELETE', '/v1/tenants/default')).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await app.request('GET', '/v1/tokens')).toMatchObject({ status: 200 });
});
