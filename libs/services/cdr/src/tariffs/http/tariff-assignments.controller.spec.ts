import { CdrApp } from '../../testing/cdr-app';

let app: CdrApp;
beforeAll(async () => {
  app = await CdrApp.start();
});
afterAll(() => app?.close());

describe('/v1/tariff-assignments', () => {
  const url = '/v1/tariff-assignments';
  beforeAll(async () => {
    for (const name of ['cheap', 'dear']) await app.request('PUT', `/v1/tariffs/${name}`, { currency: 'EUR', perKwh: '1' });
  });

  it('assigns a tariff to a group, finds it without regard to case, and removes it', async () => {
    const group = encodeURIComponent('Fl\u00f6tte/1');
    const assigned = { kind: 'token-group', group: 'Fl\u00f6tte/1', tariff: 'cheap' };
    expect(await app.request('PUT', `${url}/token-group/${group}`, { tariff: 'cheap' })).toEqual({ status: 201, body: assigned });
    expect(await app.request('GET', `${url}/token-group/${encodeURIComponent('FL\u00d6TTE/1')}`)).toEqual({ status: 200, body: assigned });
    expect(await app.request('GET', `${url}/station-group/${group}`)).toMatchObject({ status: 404 });
    expect(await app.request('GET', `${url}/token-group/${group}`, undefined, 'other')).toMatchObject({ status: 404 });
    expect(await app.request('DELETE', `${url}/token-group/${group}`)).toEqual({ status: 204, body: null });
    expect(await app.request('GET', `${url}/token-group/${group}`)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await app.request('DELETE', `${url}/token-group/${group}`)).toMatchObject({ status: 404 });
  });

  it('lists them page by page', async () => {
    await app.request('PUT', '/v1/tariffs/cheap', { currency: 'EUR', perKwh: '1' }, 'lister');
    for (const path of ['token-group/b', 'token-group/A', 'station-group/depot'])
      await app.request('PUT', `${url}/${path}`, { tariff: 'cheap' }, 'lister');
    const page = (query: string) =>
      app.request<{ items: { group: string }[]; nextCursor: string }>('GET', `${url}?${query}`, undefined, 'lister');
    const first = await page('limit=2');
    const second = await page(`limit=2&cursor=${encodeURIComponent(first.body.nextCursor)}`);
    expect([...first.body.items, ...second.body.items].map(({ group }) => group)).toEqual(['depot', 'A', 'b']);
    expect(second.body.nextCursor).toBeNull();
  });

  it('does not remove a tariff that a group has', async () => {
    await app.request('PUT', `${url}/station-group/airport`, { tariff: 'dear' });
    expect(await app.request('DELETE', '/v1/tariffs/dear')).toMatchObject({
      status: 409,
      body: { code: 'in-use', usedBy: ['station-group airport'] },
    });
    await app.request('PUT', `${url}/station-group/AIRPORT`, { tariff: 'cheap' });
    expect(await app.request('DELETE', '/v1/tariffs/dear')).toMatchObject({ status: 204 });
  });

  it.each([
    ['PUT', `${url}/token-group/x`, { tariff: 'unheard-of' }, 422],
    ['PUT', `${url}/token-group/x`, { tariff: 7 }, 422],
    ['PUT', `${url}/token-group/x`, { tariff: 'cheap', more: 1 }, 422],
    ['PUT', `${url}/driver/x`, { tariff: 'cheap' }, 422],
    ['PUT', `${url}/token-group/${'x'.repeat(51)}`, { tariff: 'cheap' }, 422],
    ['PUT', `${url}/token-group/a%00b`, { tariff: 'cheap' }, 422],
    ['GET', `${url}/driver/x`, undefined, 404],
    ['GET', `${url}?cursor=garbage`, undefined, 400],
  ] as const)('answers %s %s %j with %i', async (method, path, body, status) =>
    expect(await app.request(method, path, body)).toMatchObject({ status, body: { code: expect.any(String) } }),
  );
});
