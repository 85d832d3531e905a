import { startHttp, type HttpFixture } from '../testing/start-http';

let http: HttpFixture;
beforeAll(async () => (http = await startHttp()));
afterAll(() => http?.close());

interface Items {
  items: { at: string; station: string | null; tenant: string | null }[];
  nextCursor: string | null;
}
const at = (second: number) => new Date(Date.UTC(2026, 5, 1, 12, 0, second)).toISOString();

describe('/v1/refused-connections', () => {
  beforeAll(() =>
    http.service.refusedConnections.writeMany([
      { tenant: 'default', station: 'Säule 1', remoteAddress: '10.0.0.1', reason: 'wrong-credentials', at: at(1) },
      { tenant: 'default', station: 'CS-2', remoteAddress: '10.0.0.1', reason: 'unknown-station', at: at(2) },
      { tenant: null, station: null, remoteAddress: '10.0.0.2', reason: 'no-station-url', at: at(3) },
    ]),
  );

  it('shows the administrator every refused connection and its reason, newest first, also where it names no tenant', async () => {
    expect(await http.request('GET', '/v1/refused-connections')).toEqual({
      status: 200,
      body: {
        items: [
          { at: at(3), tenant: null, station: null, remoteAddress: '10.0.0.2', reason: 'no-station-url', times: 1, firstAt: at(3) },
          { at: at(2), tenant: 'default', station: 'CS-2', remoteAddress: '10.0.0.1', reason: 'unknown-station', times: 1, firstAt: at(2) },
          {
            at: at(1),
            tenant: 'default',
            station: 'Säule 1',
            remoteAddress: '10.0.0.1',
            reason: 'wrong-credentials',
            times: 1,
            firstAt: at(1),
          },
        ],
        nextCursor: null,
      },
    });
  });

  it('shows a tenant the connections that were refused in its name, and no others', async () => {
    await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
    await http.service.refusedConnections.writeMany([
      { tenant: 'acme', station: 'CS-9', remoteAddress: '10.0.0.3', reason: 'blocked', at: at(4) },
      { tenant: 'nobody', station: 'CS-9', remoteAddress: '10.0.0.3', reason: 'unknown-station', at: at(5) },
    ]);
    const { body: made } = await http.request<{ key: string }>('POST', '/v1/api-keys', { name: 'reader', scopes: ['read'] }, 'acme');
    const seen = async (tenant: string | null, key?: string) =>
      (await http.request<Items>('GET', '/v1/refused-connections', undefined, tenant, key)).body.items.map((one) => one.tenant);
    expect(await seen(null, made.key)).toEqual(['acme']);
    expect(await seen('acme')).toEqual(['nobody', 'acme', null]);
    await http.request('DELETE', '/v1/tenants/acme');
    expect(await seen('default')).toContain('nobody');
    expect(await seen('default')).not.toContain('acme'); // gone with its tenant, or it would be a stranger's
    await http.service.database.query(`DELETE FROM device_config.refused_connections WHERE tenant = 'nobody'`);
  });

  it('goes page by page, and by station', async () => {
    const stations: (string | null)[] = [];
    for (let url: string | null = '/v1/refused-connections?limit=1'; url !== null;) {
      const { body }: { body: Items } = await http.request<Items>('GET', url);
      stations.push(...body.items.map(({ station }) => station));
      url = body.nextCursor === null ? null : `/v1/refused-connections?limit=1&cursor=${body.nextCursor}`;
    }
    expect(stations).toEqual([null, 'CS-2', 'Säule 1']);
    const { body } = await http.request<Items>('GET', `/v1/refused-connections?station=${encodeURIComponent('Säule 1')}`);
    expect(body.items.map(({ at }) => at)).toEqual([at(1)]);
  });

  it.each(['limit=0', 'cursor=!', `cursor=${Buffer.from('["x"]').toString('base64url')}`, 'station=a%00b'])(
    'refuses ?%s',
    async (query) => {
      expect(await http.request('GET', `/v1/refused-connections?${query}`)).toMatchObject({
        status: 400,
        body: { code: query.startsWith('cursor') ? 'invalid-cursor' : 'bad-request' },
      });
    },
  );
});
