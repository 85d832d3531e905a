import type { TestApp } from '@voltbus/http/testing';
import { silentLogger } from '@voltbus/testing';
import { startApi, type TestApi } from './testing/test-api';
import { startProvider, type TestProvider } from './testing/test-provider';

/** As docs/how-to/connect-an-identity-provider.md has them. */
const RULES = [
  { claims: { roles: 'voltbus-operator' }, tenantClaim: 'tenant', role: 'operator' },
  { claims: { roles: 'voltbus-technician' }, tenantClaim: 'tenant', role: 'technician', stationGroupsClaim: 'sites' },
];

let provider: TestProvider;
let api: TestApi;
let app: TestApp;

beforeAll(async () => {
  provider = await startProvider();
  const { issuer, audience } = provider;
  const OIDC_ISSUERS = JSON.stringify([{ name: 'sso', issuer, audience, access: RULES }]);
  api = await startApi(silentLogger, { VOLTBUS_OIDC_ISSUERS: OIDC_ISSUERS });
  app = api.app;
});
afterAll(async () => {
  await api?.close();
  await provider?.stop();
});

/** An access token by the client credentials grant (RFC 6749, section 4.4). */
async function tokenOf(client: string): Promise<string> {
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client}:${provider.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

const as = (key: string) => ({ key, tenant: null });

describe('a service with an access token of an identity provider', () => {
  it('does what its role allows, and stands in the audit log by its name', async () => {
    const key = await tokenOf('help-desk');
    expect(await app.request('PUT', '/v1/tokens/CARD', { body: { status: 'Accepted' }, ...as(key) })).toMatchObject({ status: 201 });
    expect(await app.request('PUT', '/v1/stations/CS-1', { body: {}, ...as(key) })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', permission: 'stations:write' },
    });
    const { body } = await app.request<{ items: object[] }>('GET', '/v1/audit-log?actor=sso:help-desk');
    expect(body.items).toMatchObject([{ actor: 'sso:help-desk', actorName: null, path: '/v1/tokens/CARD', status: 201 }]);
  });

  it('keeps to the station groups of its token', async () => {
    for (const [station, group] of [
      ['DEPOT-1', 'depot'],
      ['AIRPORT-1', 'airport'],
    ] as const)
      await app.request('PUT', `/v1/stations/${station}`, { body: { group } });
    const key = await tokenOf('depot-service');
    const { body } = await app.request<{ items: { station: string }[] }>('GET', '/v1/stations', as(key));
    expect(body.items.map(({ station }) => station)).toEqual(['DEPOT-1']);
    expect(await app.request('GET', '/v1/stations/AIRPORT-1', as(key))).toMatchObject({ status: 404 });
  });

  it('whose claims no rule knows is refused', async () => {
    expect(await app.request('GET', '/v1/stations', as(await tokenOf('stranger')))).toMatchObject({
      status: 403,
      body: { code: 'no-access' },
    });
  });

  it('repeats a request under its own Idempotency-Key, not that of another caller', async () => {
    const make = (key: string) =>
      app.request<{ ticket: string }>('POST', '/v1/event-tickets', { body: {}, headers: { 'idempotency-key': 'once' }, ...as(key) });
    const [first, again, other] = [
      await make(await tokenOf('help-desk')),
      await make(await tokenOf('help-desk')),
      await make(await tokenOf('depot-service')),
    ];
    expect([first.status, other.status, again.body.ticket === first.body.ticket, other.body.ticket === first.body.ticket]).toEqual([
      201,
      201,
      true,
      false,
    ]);
  });

  it('makes no API key, which would outlive its token, and rotates none', async () => {
    const { issuer, audience } = provider;
    const access = [{ claims: { roles: 'voltbus-operator' }, tenant: 'default', role: 'tenant-admin' }];
    const OIDC_ISSUERS = JSON.stringify([{ name: 'sso', issuer, audience, access }]);
    const { app: other, close } = await startApi(silentLogger, { VOLTBUS_OIDC_ISSUERS: OIDC_ISSUERS });
    try {
      const key = await tokenOf('help-desk');
      const { body: made } = await other.request<{ id: string }>('POST', '/v1/api-keys', { body: { name: 'x', role: 'viewer' } });
      const refused = { status: 403, body: { code: 'forbidden' } };
      expect(await other.request('POST', '/v1/api-keys', { body: { name: 'y', role: 'viewer' }, ...as(key) })).toMatchObject(refused);
      expect(await other.request('POST', `/v1/api-keys/${made.id}/rotate`, { body: {}, ...as(key) })).toMatchObject(refused);
      expect(await other.request('DELETE', `/v1/api-keys/${made.id}`, as(key))).toMatchObject({ status: 204 });
    } finally {
      await close();
    }
  });
});
