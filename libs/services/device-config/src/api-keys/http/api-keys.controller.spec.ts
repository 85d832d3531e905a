import { startHttp, type HttpFixture } from '../../testing/start-http';
import { makeKey, refused, type MadeKey } from '../testing/made-key';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
});
afterAll(() => http?.close());

const make = (body: object, tenant?: string) => makeKey(http, body, tenant);

describe('/v1/api-keys', () => {
  it('shows a key once, when it is made, and keeps only its hash', async () => {
    const made = await make({ name: 'billing', scopes: ['read'] });
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      key: expect.stringContaining(`vbk_${made.id}_`),
      role: null,
      stationGroups: null,
      createdBy: 'administrator',
      name: 'billing',
      scopes: ['read'],
      createdAt: expect.any(String),
      expiresAt: null,
      lastUsedAt: null,
      allowedAddresses: null,
      rotatedAt: null,
      previous: null,
    });
    const { key, ...shown } = made;
    expect(await http.request('GET', `/v1/api-keys/${made.id}`, undefined, 'acme')).toEqual({ status: 200, body: shown });
    const listed = await http.request('GET', '/v1/api-keys', undefined, 'acme');
    expect(JSON.stringify(listed.body)).not.toContain(key.slice(21, 60));
    const rows = JSON.stringify(await http.service.database.query('SELECT * FROM device_config.api_keys'));
    expect(rows).toContain(made.id);
    expect(rows).not.toContain(key.slice(21, 60));
  });

  it('lets it do what its scopes allow, in its tenant, which it need not name', async () => {
    const { key } = await make({ name: 'reader', scopes: ['read'] });
    await http.request('PUT', '/v1/stations/OF-ACME', {}, 'acme');
    const { status, body } = await http.request<{ items: unknown[] }>('GET', '/v1/stations', undefined, null, key);
    expect({ status, items: body.items }).toMatchObject({ status: 200, items: [{ station: 'OF-ACME' }] });
    expect(await http.request('GET', '/v1/stations', undefined, 'acme', key)).toMatchObject({ status: 200 });
    expect(await http.request('PUT', '/v1/stations/CS-1', {}, null, key)).toMatchObject({
      status: 403,
      body: { code: 'forbidden', permission: 'stations:write' },
    });
    expect(await http.request('GET', '/v1/tenants/acme', undefined, null, key)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await http.request('GET', '/v1/stations', undefined, 'default', key)).toMatchObject({
      status: 403,
      body: { code: 'foreign-tenant' },
    });
  });

  it('is no use from the moment it is revoked', async () => {
    const { id, key } = await make({ name: 'leaver', scopes: ['read'] });
    expect(await http.request('GET', '/v1/stations', undefined, null, key)).toMatchObject({ status: 200 });
    expect(await http.request('DELETE', `/v1/api-keys/${id}`, undefined, 'acme')).toEqual({ status: 204, body: null });
    expect(await http.request('GET', '/v1/stations', undefined, null, key)).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(await http.request('DELETE', `/v1/api-keys/${id}`, undefined, 'acme')).toMatchObject({ status: 404 });
  });

  it('is made and revoked by a key of the same tenant with the scope admin, and by no other', async () => {
    const admin = await make({ name: 'admin', scopes: ['admin', 'read'] });
    const operator = await make({ name: 'operator', scopes: ['read', 'operate'] });
    const strange = await make({ name: 'strange', scopes: ['admin'] }, 'default');
    const wanted = { name: 'made by a key', scopes: ['read'] };
    const made = await http.request<MadeKey>('POST', '/v1/api-keys', wanted, null, admin.key);
    expect(made.status).toBe(201);
    expect(await http.request('POST', '/v1/api-keys', wanted, null, operator.key)).toMatchObject({
      status: 403,
      body: { permission: 'api-keys:write' },
    });
    expect(await http.request('GET', `/v1/api-keys/${made.body.id}`, undefined, null, strange.key)).toMatchObject({ status: 404 });
    expect(await http.request('DELETE', `/v1/api-keys/${made.body.id}`, undefined, null, strange.key)).toMatchObject({ status: 404 });
    expect(await http.request('DELETE', `/v1/api-keys/${made.body.id}`, undefined, null, admin.key)).toMatchObject({ status: 204 });
  });

  it('shows when it was last used, without a write for each request', async () => {
    const { id, key } = await make({ name: 'busy', scopes: ['read'] });
    const lastUsed = async () => (await http.request<MadeKey>('GET', `/v1/api-keys/${id}`, undefined, 'acme')).body.lastUsedAt;
    for (let times = 0; times < 3; times++) await http.request('GET', '/v1/stations', undefined, null, key);
    expect(await lastUsed()).toBeNull();
    await http.service.apiKeys.uses.write();
    expect(await lastUsed()).toEqual(expect.any(String));
  });

  it('pages through the keys of the tenant, newest first', async () => {
    await http.request('PUT', '/v1/tenants/many', { currency: 'EUR', defaultTariff: null });
    for (const name of ['a', 'b', 'c']) await make({ name, scopes: ['read'] }, 'many');
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body }: { body: { items: MadeKey[]; nextCursor: string | null } } = await http.request(
        'GET',
        `/v1/api-keys?limit=2${query}`,
        undefined,
        'many',
      );
      names.push(...body.items.map(({ name }) => name));
      cursor = body.nextCursor;
    }
    expect([...names].sort()).toEqual(['a', 'b', 'c']);
    const stored: { name: string }[] = await http.service.database.query(
      `SELECT name FROM device_config.api_keys WHERE tenant = 'many' ORDER BY created_at DESC, id DESC`,
    );
    expect(names).toEqual(stored.map(({ name }) => name));
  });

  it('goes with its tenant', async () => {
    await http.request('PUT', '/v1/tenants/gone', { currency: 'EUR', defaultTariff: null });
    const { id } = await make({ name: 'x', scopes: ['read'] }, 'gone');
    expect(await http.request('DELETE', '/v1/tenants/gone')).toMatchObject({ status: 204 });
    expect(await http.request('GET', `/v1/api-keys/${id}`, undefined, 'gone')).toMatchObject({ status: 404 });
    expect(await http.request('POST', '/v1/api-keys', { name: 'x', scopes: ['read'] }, 'gone')).toMatchObject({ status: 404 });
  });

  it('refuses a tenant more than 500 keys', async () => {
    await http.request('PUT', '/v1/tenants/full', { currency: 'EUR', defaultTariff: null });
    await http.service.database.query(
      `INSERT INTO device_config.api_keys SELECT lpad(n::text, 16, '0'), 'full', 'x', '{read}', '', now() FROM generate_series(1, 500) n`,
    );
    const answer = await http.request('POST', '/v1/api-keys', { name: 'x', scopes: ['read'] }, 'full');
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it.each([
    [{ scopes: ['read'] }, '/name'],
    [{ name: 'x', scopes: [] }, '/scopes'],
    [{ name: 'x', scopes: ['root'] }, '/scopes/0'],
    [{ name: 'x', scopes: ['read', 'read'] }, '/scopes'],
    [{ name: 'x', scopes: ['read'], expiresAt: 'tomorrow' }, '/expiresAt'],
    [{ name: 'x', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    [{ name: 'x', scopes: ['read'], tenant: 'other' }, '/tenant'],
    [{ name: 'x', scopes: ['read'], allowedAddresses: [] }, '/allowedAddresses'],
    [{ name: 'x', scopes: ['read'], allowedAddresses: ['10.0.0.1', 'example.com'] }, '/allowedAddresses/1'],
    [{ name: 'x', scopes: ['read'], allowedAddresses: ['10.0.0.0/33'] }, '/allowedAddresses/0'],
    [{ name: 'x', scopes: ['read'], allowedAddresses: Array(51).fill('10.0.0.1') }, '/allowedAddresses'],
  ])('refuses %j and names the member', async (body, path) => {
    const answer = await http.request('POST', '/v1/api-keys', body, 'acme');
    expect(answer).toMatchObject({ status: 422, body: { errors: [expect.objectContaining({ path })] } });
  });

  it.each(['no-id', '%00', '../x'])('knows no key by the id %s', async (id) => {
    expect(await http.request('GET', `/v1/api-keys/${encodeURIComponent(id)}`, undefined, 'acme')).toMatchObject({ status: 404 });
  });
});

describe('the addresses of a key', () => {
  it('are those that it may be used from, and that the keys which it makes may be used from', async () => {
    const home = await make({ name: 'home', role: 'tenant-admin', allowedAddresses: ['127.0.0.0/8', '::ffff:192.0.2.0/120'] });
    expect(home.allowedAddresses).toEqual(['127.0.0.0/8', '192.0.2.0/24']);
    const child = (allowedAddresses?: string[] | null) =>
      http.request<MadeKey>('POST', '/v1/api-keys', { name: 'child', role: 'viewer', allowedAddresses }, null, home.key);
    expect(await child()).toMatchObject({ status: 201, body: { allowedAddresses: home.allowedAddresses } });
    expect(await child(null)).toMatchObject({ status: 201, body: { allowedAddresses: home.allowedAddresses } });
    expect(await child(['192.0.2.1'])).toMatchObject({ status: 201, body: { allowedAddresses: ['192.0.2.1'] } });
    expect(await child(['127.0.0.1', '0.0.0.0/0'])).toMatchObject({ status: 422, body: { errors: [{ path: '/allowedAddresses/1' }] } });
    const away = await make({ name: 'away', role: 'viewer', allowedAddresses: ['192.0.2.0/24'] });
    expect(await http.request('GET', '/v1/stations', undefined, null, away.key)).toMatchObject(refused('address-not-allowed'));
  });
});
