import { startHttp, type HttpFixture } from '../../testing/start-http';

interface Made {
  id: string;
  key: string;
  name: string;
  scopes: string[];
  lastUsedAt: string | null;
  expiresAt: string | null;
  allowedAddresses: string[] | null;
  previous: { endsAt: string; lastUsedAt: string | null } | null;
}

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
});
afterAll(() => http?.close());

async function make(body: object, tenant = 'acme'): Promise<Made> {
  const { status, body: made } = await http.request<Made>('POST', '/v1/api-keys', body, tenant);
  expect(status).toBe(201);
  return made;
}

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
    const made = await http.request<Made>('POST', '/v1/api-keys', wanted, null, admin.key);
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
    const lastUsed = async () => (await http.request<Made>('GET', `/v1/api-keys/${id}`, undefined, 'acme')).body.lastUsedAt;
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
      const { body }: { body: { items: Made[]; nextCursor: string | null } } = await http.request(
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

const refused = (code: string) => ({ status: 403, body: { code } });

describe('POST /v1/api-keys/{id}/rotate', () => {
  const rotate = (id: string, body: object, key?: string) =>
    http.request<Made>('POST', `/v1/api-keys/${id}/rotate`, body, key === undefined ? 'acme' : null, key);
  const look = async (key: string) => (await http.request('GET', '/v1/stations', undefined, null, key)).status;
  const find = async (id: string) => (await http.request<Made>('GET', `/v1/api-keys/${id}`, undefined, 'acme')).body;

  it('makes a new secret, and shows which one is in use until the one before ends', async () => {
    const { id, key: old } = await make({ name: 'rotated', scopes: ['read'] });
    await look(old);
    await http.service.apiKeys.uses.write();
    const { lastUsedAt } = await find(id);
    const { status, body } = await rotate(id, { overlapSeconds: 3_600 });
    const { key: fresh, ...shown } = body;
    expect({ status, shown }).toMatchObject({
      status: 200,
      shown: { id, name: 'rotated', scopes: ['read'], lastUsedAt: null, rotatedAt: expect.any(String), previous: { lastUsedAt } },
    });
    expect(lastUsedAt).not.toBeNull();
    expect(Date.parse(shown.previous?.endsAt ?? '') - Date.now()).toBeGreaterThan(3_500_000);
    expect([await look(old), await look(fresh)]).toEqual([200, 200]);
    await http.service.apiKeys.uses.write();
    const used = await find(id);
    expect(used.lastUsedAt).not.toBeNull();
    expect(Date.parse(used.previous?.lastUsedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(lastUsedAt ?? ''));
    await http.service.database.query(`UPDATE device_config.api_keys SET previous_ends_at = now() - interval '1 second' WHERE id = $1`, [
      id,
    ]);
    http.service.apiKeys.cache.refresh(id);
    expect([await look(old), await look(fresh), (await find(id)).previous]).toEqual([401, 200, null]);
  });

  it('ends a secret that has leaked at once, and that of the rotation before', async () => {
    const { id, key: first } = await make({ name: 'leaked', scopes: ['read'] });
    const { body: second } = await rotate(id, {});
    const { body: third } = await rotate(id, { overlapSeconds: 0 });
    expect(third.previous).toBeNull();
    expect([await look(first), await look(second.key), await look(third.key)]).toEqual([401, 401, 200]);
  });

  it('is for the key itself and those that it made: the secret of another would outlive its own end', async () => {
    const [maker, other] = [await make({ name: 'maker', role: 'tenant-admin' }), await make({ name: 'other', role: 'viewer' })];
    const { body: child } = await http.request<Made>('POST', '/v1/api-keys', { name: 'child', role: 'viewer' }, null, maker.key);
    expect(await rotate(other.id, {}, maker.key)).toMatchObject(refused('forbidden'));
    expect(await rotate(child.id, {}, maker.key)).toMatchObject({ status: 200 });
    const { body: own } = await rotate(maker.id, {}, maker.key);
    await http.request('DELETE', `/v1/api-keys/${maker.id}`, undefined, 'acme');
    expect([await look(maker.key), await look(own.key)]).toEqual([401, 401]);
  });

  it('knows the key of no other tenant, and rotates none that has expired', async () => {
    const { id } = await make({ name: 'elsewhere', scopes: ['read'] }, 'default');
    expect(await rotate(id, {})).toMatchObject({ status: 404 });
    expect(await rotate('no-id', {})).toMatchObject({ status: 404 });
    const ended = await make({ name: 'ended', scopes: ['read'], expiresAt: '2099-01-01T00:00:00Z' });
    await http.service.database.query(`UPDATE device_config.api_keys SET expires_at = now() WHERE id = $1`, [ended.id]);
    expect(await rotate(ended.id, {})).toMatchObject({ status: 409 });
  });

  it.each([-1, 2_592_001, 1.5, null])('takes no overlap of %s seconds', async (overlapSeconds) => {
    const { id } = await make({ name: 'bounds', scopes: ['read'] });
    expect(await rotate(id, { overlapSeconds })).toMatchObject({ status: 422, body: { errors: [{ path: '/overlapSeconds' }] } });
  });
});

describe('PATCH /v1/api-keys/{id}', () => {
  const patch = (id: string, body: object, key?: string) =>
    http.request<Made>('PATCH', `/v1/api-keys/${id}`, body, key === undefined ? 'acme' : null, key);
  const child = async (by: Made, more: object = {}) =>
    (await http.request<Made>('POST', '/v1/api-keys', { name: 'child', role: 'viewer', ...more }, null, by.key)).body;

  it('changes name, addresses and end, leaves what is not given, and is in the audit log; the change counts at once', async () => {
    const made = await make({ name: 'old', scopes: ['read'], expiresAt: '2099-01-01T00:00:00Z' });
    const { key: secret, ...before } = made;
    expect(await patch(made.id, { name: 'new' })).toEqual({ status: 200, body: { ...before, name: 'new' } });
    expect(await http.request('GET', '/v1/stations', undefined, null, secret)).toMatchObject({ status: 200 });
    const { body } = await patch(made.id, { allowedAddresses: ['192.0.2.0/24'], expiresAt: null });
    expect(body).toMatchObject({ name: 'new', allowedAddresses: ['192.0.2.0/24'], expiresAt: null });
    expect(await http.request('GET', '/v1/stations', undefined, null, secret)).toMatchObject(refused('address-not-allowed'));
    const log = await http.request<{ items: object[] }>('GET', `/v1/audit-log?path=/v1/api-keys/${made.id}`, undefined, 'acme');
    expect(log.body.items).toHaveLength(2);
    expect(JSON.stringify(log.body)).not.toContain(secret);
  });

  it('widens no key beyond the one that made it or that of the caller, which is not widened by itself', async () => {
    const bounds = { expiresAt: '2098-01-01T00:00:00.000Z', allowedAddresses: ['127.0.0.0/8', '192.0.2.0/24'] };
    const maker = await make({ name: 'maker', role: 'tenant-admin', ...bounds });
    const made = await child(maker);
    for (const [id, key] of [
      [made.id, undefined],
      [made.id, maker.key],
      [maker.id, maker.key],
    ] as const) {
      expect(await patch(id, { expiresAt: '2099-01-01T00:00:00Z' }, key)).toMatchObject({
        status: 422,
        body: { errors: [{ path: '/expiresAt' }] },
      });
      expect(await patch(id, { allowedAddresses: ['0.0.0.0/0'] }, key)).toMatchObject({ status: 422 });
      expect(await patch(id, { expiresAt: null, allowedAddresses: null }, key)).toMatchObject({ status: 200, body: bounds });
    }
    const strong = await make({ name: 'strong', scopes: ['operate'] });
    const weak = await make({ name: 'weak', scopes: ['admin', 'read'] });
    expect(await patch(strong.id, { allowedAddresses: null }, weak.key)).toMatchObject({ status: 403 });
  });

  it('lets the keys that a key made end no later, and refuses addresses that they would outgrow', async () => {
    const maker = await make({ name: 'maker', role: 'tenant-admin', allowedAddresses: ['127.0.0.0/8', '192.0.2.0/24'] });
    const made = await child(maker, { role: 'tenant-admin' });
    const grandchild = await child(made);
    expect(await patch(maker.id, { allowedAddresses: ['127.0.0.0/8'] })).toMatchObject({ status: 409 });
    await patch(grandchild.id, { allowedAddresses: ['127.0.0.1'] });
    await patch(made.id, { allowedAddresses: ['127.0.0.1'] });
    expect(await patch(maker.id, { allowedAddresses: ['127.0.0.0/8'], expiresAt: '2098-01-01T00:00:00Z' })).toMatchObject({ status: 200 });
    const ends = async (id: string) => (await http.request<Made>('GET', `/v1/api-keys/${id}`, undefined, 'acme')).body.expiresAt;
    expect([await ends(made.id), await ends(grandchild.id)]).toEqual(Array(2).fill('2098-01-01T00:00:00.000Z'));
  });

  it.each<[object, number]>([
    [{}, 422],
    [{ name: '' }, 422],
    [{ name: null }, 422],
    [{ scopes: ['admin'] }, 422],
    [{ role: 'tenant-admin' }, 422],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 422],
    [{ allowedAddresses: [] }, 422],
    [{ allowedAddresses: ['x'] }, 422],
  ])('refuses %j', async (body, status) => {
    const { id } = await make({ name: 'bounds', scopes: ['read'] });
    expect((await patch(id, body)).status).toBe(status);
  });

  it('knows no key of another tenant, and does not bring back one that has expired', async () => {
    const { id } = await make({ name: 'elsewhere', scopes: ['read'] }, 'default');
    expect([(await patch(id, { name: 'x' })).status, (await patch('no-id', { name: 'x' })).status]).toEqual([404, 404]);
    const ended = await make({ name: 'ended', scopes: ['read'], expiresAt: '2099-01-01T00:00:00Z' });
    await http.service.database.query(`UPDATE device_config.api_keys SET expires_at = now() WHERE id = $1`, [ended.id]);
    expect(await patch(ended.id, { expiresAt: null })).toMatchObject({ status: 409 });
  });
});

it('hashes a key anew under a later pepper, whichever of its secrets was shown, and knows that it outlived the earlier one', async () => {
  const { id } = await make({ name: 'old pepper', scopes: ['read'] });
  const { store } = http.service.apiKeys;
  await http.request('POST', `/v1/api-keys/${id}/rotate`, { overlapSeconds: 60 }, 'acme');
  const known = async () => {
    const found = await store.find(id);
    return { hash: found?.hash ?? Buffer.alloc(0), previousHash: found?.previousHash ?? Buffer.alloc(0) };
  };
  const { hash, previousHash } = await known();
  expect((await store.rehashedIds()).has(id)).toBe(false);
  await store.rehash(id, { before: Buffer.alloc(32), after: Buffer.alloc(40, 9) });
  expect((await store.rehashedIds()).has(id)).toBe(false);
  await store.rehash(id, { before: previousHash, after: Buffer.alloc(40, 1) });
  expect(await known()).toEqual({ hash, previousHash: Buffer.alloc(40, 1) });
  await store.rehash(id, { before: hash, after: Buffer.alloc(40, 2) });
  expect(await known()).toEqual({ hash: Buffer.alloc(40, 2), previousHash: Buffer.alloc(40, 1) });
  expect((await store.rehashedIds()).has(id)).toBe(true);
});

describe('the addresses of a key', () => {
  it('are those that it may be used from, and that the keys which it makes may be used from', async () => {
    const home = await make({ name: 'home', role: 'tenant-admin', allowedAddresses: ['127.0.0.0/8', '::ffff:192.0.2.0/120'] });
    expect(home.allowedAddresses).toEqual(['127.0.0.0/8', '192.0.2.0/24']);
    const child = (allowedAddresses?: string[] | null) =>
      http.request<Made>('POST', '/v1/api-keys', { name: 'child', role: 'viewer', allowedAddresses }, null, home.key);
    expect(await child()).toMatchObject({ status: 201, body: { allowedAddresses: home.allowedAddresses } });
    expect(await child(null)).toMatchObject({ status: 201, body: { allowedAddresses: home.allowedAddresses } });
    expect(await child(['192.0.2.1'])).toMatchObject({ status: 201, body: { allowedAddresses: ['192.0.2.1'] } });
    expect(await child(['127.0.0.1', '0.0.0.0/0'])).toMatchObject({ status: 422, body: { errors: [{ path: '/allowedAddresses/1' }] } });
    const away = await make({ name: 'away', role: 'viewer', allowedAddresses: ['192.0.2.0/24'] });
    expect(await http.request('GET', '/v1/stations', undefined, null, away.key)).toMatchObject(refused('address-not-allowed'));
  });
});
