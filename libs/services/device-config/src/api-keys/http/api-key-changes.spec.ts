import { startHttp, type HttpFixture } from '../../testing/start-http';
import { makeKey, refused, type MadeKey } from '../testing/made-key';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
});
afterAll(() => http?.close());

const make = (body: object, tenant?: string) => makeKey(http, body, tenant);

describe('POST /v1/api-keys/{id}/rotate', () => {
  const rotate = (id: string, body: object, key?: string) =>
    http.request<MadeKey>('POST', `/v1/api-keys/${id}/rotate`, body, key === undefined ? 'acme' : null, key);
  const look = async (key: string) => (await http.request('GET', '/v1/stations', undefined, null, key)).status;
  const find = async (id: string) => (await http.request<MadeKey>('GET', `/v1/api-keys/${id}`, undefined, 'acme')).body;

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
    const { body: child } = await http.request<MadeKey>('POST', '/v1/api-keys', { name: 'child', role: 'viewer' }, null, maker.key);
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
    http.request<MadeKey>('PATCH', `/v1/api-keys/${id}`, body, key === undefined ? 'acme' : null, key);
  const child = async (by: MadeKey, more: object = {}) =>
    (await http.request<MadeKey>('POST', '/v1/api-keys', { name: 'child', role: 'viewer', ...more }, null, by.key)).body;

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
    const ends = async (id: string) => (await http.request<MadeKey>('GET', `/v1/api-keys/${id}`, undefined, 'acme')).body.expiresAt;
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
