import { startHttp, type HttpFixture } from '../../testing/start-http';
import { MAX_RULES } from '../limits';

describe('/v1/alert-rules', () => {
  let http: HttpFixture;
  beforeAll(async () => {
    http = await startHttp();
  });
  afterAll(() => http?.close());

  it('are made, changed, listed and deleted', async () => {
    const made = await http.request('PUT', '/v1/alert-rules/down', { kind: 'offline', minutes: 30 });
    expect(made).toMatchObject({
      status: 201,
      body: { rule: 'down', enabled: true, kind: 'offline', minutes: 30, severity: 3, groups: [] },
    });
    expect(await http.request('PATCH', '/v1/alert-rules/down', { enabled: false })).toMatchObject({
      status: 200,
      body: { enabled: false, minutes: 30 },
    });
    expect((await http.request<{ items: object[] }>('GET', '/v1/alert-rules?kind=offline')).body.items).toHaveLength(1);
    expect((await http.request('DELETE', '/v1/alert-rules/down')).status).toBe(204);
    expect((await http.request('GET', '/v1/alert-rules/down')).status).toBe(404);
  });

  it.each([
    ['down', { kind: 'earthquake' }, 422],
    ['down', { kind: 'offline', minutes: -1 }, 422],
    ['down', { kind: 'offline', seconds: 1 }, 422],
    ['a b', { kind: 'offline' }, 422],
  ])('%s %j is refused', async (name, body, code) => {
    expect((await http.request('PUT', `/v1/alert-rules/${encodeURIComponent(name)}`, body)).status).toBe(code);
  });

  it(`are ${MAX_RULES} of a tenant`, async () => {
    for (let nth = 0; nth < MAX_RULES; nth++) await http.request('PUT', `/v1/alert-rules/r${nth}`, { kind: 'offline' });
    expect((await http.request('PUT', '/v1/alert-rules/one-more', { kind: 'offline' })).status).toBe(409);
    expect((await http.request('PUT', '/v1/alert-rules/r1', { kind: 'fault' })).status).toBe(200);
  });
});
