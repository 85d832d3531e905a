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

const DEFAULTS = {
  unknownStations: 'refuse',
  unknownTokens: 'refuse',
  minSecurityProfile: 1,
  certificateOrganization: null,
  currency: 'EUR',
  defaultTariff: null,
  keepMessagesHours: 24,
  showCost: false,
  masterPassGroup: null,
  reviewFlags: [
    'energy-doubtful',
    'energy-implausible',
    'quirk-switched',
    'register-jump',
    'start-register-doubtful',
    'stop-before-start',
    'time-implausible',
  ],
  reviewAbove: null,
};

describe('/v1/tenants', () => {
  it('has `default` from the first start', async () => {
    expect(await request('GET', '/v1/tenants/default')).toEqual({ status: 200, body: { tenant: 'default', name: 'default', ...DEFAULTS } });
  });

  it('fills in what is left out, replaces, lists and forgets', async () => {
    expect(await request('PUT', '/v1/tenants/fleet', { currency: 'EUR', defaultTariff: null })).toEqual({
      status: 201,
      body: { tenant: 'fleet', name: 'fleet', ...DEFAULTS },
    });
    const demo = { tenant: 'fleet', name: 'Fleet', ...DEFAULTS, unknownStations: 'register', minSecurityProfile: 0, currency: 'SEK' };
    expect(await request('PUT', '/v1/tenants/fleet', demo)).toEqual({ status: 200, body: demo });
    expect(await request('GET', '/v1/tenants/fleet')).toEqual({ status: 200, body: demo });
    const listed: Items['items'] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: { body: Items } = await request<Items>('GET', `/v1/tenants?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(body.items).toHaveLength(1);
      listed.push(...body.items);
      cursor = body.nextCursor;
    }
    const names = listed.map(({ tenant }) => tenant);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toEqual(expect.arrayContaining(['default', 'fleet']));
    expect(await request('DELETE', '/v1/tenants/fleet')).toEqual({ status: 204, body: null });
    expect(await request('DELETE', '/v1/tenants/fleet')).toMatchObject({ status: 404 });
    expect(await request('GET', '/v1/tenants/fleet')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('does not lose which CDRs are reviewed by leaving it out, and takes an empty list for none', async () => {
    const put = (body: object) => request('PUT', '/v1/tenants/careful', { currency: 'EUR', defaultTariff: null, ...body });
    const careful = { reviewFlags: ['clock', 'no-energy'], reviewAbove: '80.00' };
    expect(await put({ ...careful, reviewFlags: ['no-energy', 'clock', 'clock'] })).toMatchObject({ status: 201, body: careful });
    const lost = await put({ name: 'Careful' });
    expect(lost).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(lost.body)).toMatch(/\/reviewFlags.*\/reviewAbove/);
    expect(await request('GET', '/v1/tenants/careful')).toMatchObject({ body: careful });
    expect(await put({ reviewFlags: [], reviewAbove: null })).toMatchObject({ status: 200, body: { reviewFlags: [], reviewAbove: null } });
  });

  it('keeps a tenant that still has stations', async () => {
    await request('PUT', '/v1/tenants/busy', { currency: 'EUR', defaultTariff: null });
    await request('PUT', '/v1/stations/CS-1', {}, 'busy');
    expect(await request('DELETE', '/v1/tenants/busy')).toMatchObject({ status: 409, body: { code: 'in-use', usedBy: ['station CS-1'] } });
    await request('DELETE', '/v1/stations/CS-1', undefined, 'busy');
    expect(await request('DELETE', '/v1/tenants/busy')).toMatchObject({ status: 204 });
  });

  it.each([
    ['/v1/tenants/Fleet', {}, 'no name of a tenant'],
    ['/v1/tenants/a', { minSecurityProfile: 4 }, '/minSecurityProfile'],
    ['/v1/tenants/a', { currency: 'euro' }, '/currency'],
    ['/v1/tenants/a', { unknownStations: 'accept' }, '/unknownStations'],
    ['/v1/tenants/a', { keepMessagesHours: 169 }, '/keepMessagesHours'],
    ['/v1/tenants/a', { reviewFlags: ['energy-dubious'] }, '/reviewFlags/0: is none of clock, '],
    ['/v1/tenants/a', { reviewFlags: 'clock' }, '/reviewFlags'],
    ['/v1/tenants/a', { reviewAbove: 500 }, '/reviewAbove'],
    ['/v1/tenants/a', { reviewAbove: '-1' }, '/reviewAbove'],
    ['/v1/tenants/a', { tenant: 'b' }, 'another tenant'],
    ['/v1/tenants/a', { colour: 'red' }, 'colour'],
  ])('refuses PUT %s %j, saying why', async (url, body, why) => {
    const answer = await request('PUT', url, { currency: 'EUR', defaultTariff: null, ...body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answer.body)).toContain(why);
  });
});
