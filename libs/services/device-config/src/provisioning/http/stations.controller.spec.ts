import { startHttp, type HttpFixture } from '../../testing/start-http';

let http: HttpFixture;
beforeAll(async () => (http = await startHttp()));
afterAll(() => http?.close());

interface Items {
  items: { station?: string; tenant?: string }[];
  nextCursor: string | null;
}
const request = <T = Record<string, unknown>>(method: 'GET' | 'PUT' | 'DELETE', url: string, body?: object, tenant = 'default') =>
  http.request<T>(method, url, body, tenant);

const PASSWORD = 'correct horse battery';

describe('/v1/stations', () => {
  const fresh = {
    online: false,
    protocol: null,
    registration: 'accepted',
    securityProfile: 1,
    usedSecurityProfile: null,
    reachedSecurityProfile: null,
    blocked: false,
    pinnedProtocol: null,
    group: null,
    name: null,
    place: null,
    evseIds: [],
    labels: {},
    lastSeenAt: null,
    vendor: null,
    model: null,
    serialNumber: null,
    conflict: null,
    firmwareVersion: null,
    state: null,
    evses: [],
    reportsNotKept: 0,
  };

  it('keeps a station, never shows its password, and forgets it', async () => {
    const name = 'Halle 3/Säule 1';
    const url = `/v1/stations/${encodeURIComponent(name)}`;
    expect(await request('PUT', url, { station: name, password: PASSWORD })).toEqual({ status: 201, body: { station: name, ...fresh } });
    expect(await request('GET', url)).toEqual({ status: 200, body: { station: name, ...fresh } });
    expect(await request('GET', url, undefined, 'other')).toMatchObject({ status: 404 });
    expect(await request('DELETE', url)).toEqual({ status: 204, body: null });
    expect(await request('DELETE', url)).toMatchObject({ status: 404 });
    expect(await request('GET', url)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('shows whether it is connected, with its connectors by EVSE', async () => {
    await request('PUT', '/v1/stations/live', { securityProfile: 2 });
    const by = { inst: 'gw', bucket: 0, protocol: 'ocpp1.6' as const, lastSeenAt: Date.UTC(2026, 0, 1) };
    await http.connections.renewLease({ inst: 'gw', bucket: 0 });
    await http.connections.acquire({ tenant: 'default', station: 'live' }, by);
    await http.service.database
      .query(`INSERT INTO device_config.connectors VALUES ('default', 'live', 0, 0, 'Available', 'NoError', '2026-01-01', 1),
      ('default', 'live', 1, 1, 'Charging', 'NoError', '2026-01-01', 1), ('default', 'live', 1, 2, 'Available', NULL, '2026-01-01', 1)`);
    const status = (text: string, errorCode: string | null = 'NoError') => ({
      status: text,
      errorCode,
      changedAt: expect.stringMatching(/Z$/) as string,
    });
    expect((await request('GET', '/v1/stations/live')).body).toMatchObject({
      online: true,
      protocol: 'ocpp1.6',
      securityProfile: 2,
      lastSeenAt: '2026-01-01T00:00:00.000Z',
      state: status('Available'),
      evses: [
        {
          evse: 1,
          connectors: [
            { connector: 1, ...status('Charging') },
            { connector: 2, ...status('Available', null) },
          ],
        },
      ],
    });
  });

  it('pins a station to an existing version, and takes that back (quirk 24)', async () => {
    for (const [pinnedProtocol, status] of [
      ['ocpp1.6', 201],
      [null, 200],
    ] as const)
      expect(await request('PUT', '/v1/stations/pinned', { pinnedProtocol })).toMatchObject({ status, body: { pinnedProtocol } });
    expect(await request('PUT', '/v1/stations/pinned', { pinnedProtocol: 'ocpp1.5' })).toMatchObject({ status: 422 });
    expect(await request('DELETE', '/v1/stations/pinned')).toMatchObject({ status: 204 });
  });

  it('lists a tenant’s stations page by page, and no list for a tenant that does not exist', async () => {
    await request('PUT', '/v1/tenants/pages', { currency: 'EUR', defaultTariff: null });
    expect((await request('GET', '/v1/stations', undefined, 'pages')).body).toEqual({ items: [], nextCursor: null });
    for (const name of ['a', 'b', 'c']) await request('PUT', `/v1/stations/${name}`, {}, 'pages');
    const first = (await request<Items>('GET', '/v1/stations?limit=2', undefined, 'pages')).body;
    const second = (await request<Items>('GET', `/v1/stations?limit=2&cursor=${first.nextCursor}`, undefined, 'pages')).body;
    expect([...first.items, ...second.items].map(({ station }) => station)).toEqual(['a', 'b', 'c']);
    expect(second.nextCursor).toBeNull();
    expect(await request('GET', '/v1/stations', undefined, 'no-such-tenant')).toMatchObject({
      status: 404,
      body: { code: 'unknown-tenant' },
    });
    const nul = Buffer.from('a\0').toString('base64url');
    expect(await request('GET', `/v1/stations?cursor=${nul}`)).toMatchObject({ status: 400 });
  });

  it('belongs to an existing tenant', async () => {
    expect(await request('PUT', '/v1/stations/a', {}, 'no-such-tenant')).toMatchObject({ status: 404, body: { code: 'unknown-tenant' } });
    expect(await request('GET', '/v1/stations/a', undefined, 'no-such-tenant')).toMatchObject({ status: 404 });
  });

  it.each([
    ['a', { password: 'too short' }, '/password'],
    ['a', { password: `${PASSWORD}\n` }, '/password'],
    ['a', { securityProfile: 0 }, 'the tenant demands at least 1'],
    ['a', { registration: 'unknown' }, '/registration'],
    ['a', { vendor: 'V' }, 'vendor'],
    ['a', { station: 'b' }, 'another station'],
    ['x'.repeat(49), {}, '48'],
    ['a%00b', {}, 'control characters'],
    ['a%C2%85b', {}, 'control characters'],
  ])('refuses PUT %s %j, saying why', async (name, body, why) => {
    const answer = await request('PUT', `/v1/stations/${name}`, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answer.body)).toContain(why);
    expect(JSON.stringify(answer.body)).not.toContain(PASSWORD);
  });
});
