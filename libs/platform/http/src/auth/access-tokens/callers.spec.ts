import { Controller, Get, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLogger } from '@voltbus/testing';
import { TENANT_DIRECTORY, type TenantDirectory } from '../../directories';
import { httpApi } from '../../http-api';
import { TestApp } from '../../testing/test-app';
import { TestIssuer } from '../../testing/test-issuer';
import { Needs } from '../access';
import type { Caller } from '../caller';
import { Actor, RequestCaller, Tenant } from '../caller-parameters';
import { OF_STREAM } from '../reach';

@Controller('v1')
class Things {
  @Get('things')
  @Needs('stations:read', OF_STREAM)
  async things(@Tenant() tenant: string, @Actor() actor: string, @RequestCaller() { stationGroups, administrator, stillAdmitted }: Caller) {
    return { tenant, actor, stationGroups, administrator, stillAdmitted: await stillAdmitted() };
  }

  @Post('keys')
  @Needs('api-keys:write', OF_STREAM)
  keys() {
    return {};
  }
}
const tenants: Pick<TenantDirectory, 'find'> = {
  find: (tenant) => Promise.resolve(tenant === 'gone' ? null : ({ tenant } as never)), // nothing else of it is read
};
@Module({ controllers: [Things], providers: [{ provide: TENANT_DIRECTORY, useValue: tenants }] })
class ThingsModule {}

const RULES = [
  { claims: { roles: 'support' }, tenant: 'acme', role: 'operator' },
  { claims: { roles: 'support' }, tenant: 'beta', role: 'viewer', stationGroups: ['depot'] },
  { claims: { roles: 'boss' }, tenantClaim: 'cpo', role: 'tenant-admin' },
];

let issuer: TestIssuer;
let app: NestFastifyApplication;
beforeAll(async () => {
  issuer = await TestIssuer.start();
  const quotas = {
    VOLTBUS_API_REQUESTS_PER_MINUTE: '20',
    VOLTBUS_API_TENANT_REQUESTS_PER_MINUTE: '30',
    VOLTBUS_API_FAILED_KEYS_PER_MINUTE: '12',
  };
  const settings = TestApp.settings({ ...issuer.settings(RULES), ...quotas });
  app = await httpApi.create({ module: ThingsModule }, { logger: false }, { settings, logger: silentLogger });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(async () => {
  await app?.close();
  await issuer?.close();
});

async function get(
  token: string,
  { tenant, from = '192.0.2.1', url = '/v1/things' }: { tenant?: string; from?: string; url?: string } = {},
) {
  const named: Record<string, string> = tenant === undefined ? {} : { 'voltbus-tenant': tenant };
  const headers = { authorization: `Bearer ${token}`, ...named };
  const answer = await app.inject({ method: url === '/v1/keys' ? 'POST' : 'GET', url, remoteAddress: from, headers });
  return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.payload) as Record<string, unknown> };
}

describe('a caller with an access token', () => {
  it('is its subject, in the tenant of the first rule or in that which it names', async () => {
    const token = await issuer.sign({ roles: ['support'] });
    const shown = { actor: 'sso:service-1', administrator: false, stillAdmitted: true };
    expect((await get(token)).body).toEqual({ ...shown, tenant: 'acme', stationGroups: null });
    expect((await get(token, { tenant: 'beta' })).body).toEqual({ ...shown, tenant: 'beta', stationGroups: ['depot'] });
    expect(await get(token, { tenant: 'gamma' })).toMatchObject({ status: 403, body: { code: 'foreign-tenant' } });
  });

  it('has the rights of its role and no others', async () => {
    expect(await get(await issuer.sign({ roles: ['support'] }), { url: '/v1/keys' })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', permission: 'api-keys:write' },
    });
    expect(await get(await issuer.sign({ roles: ['boss'], cpo: 'acme' }), { url: '/v1/keys' })).toMatchObject({ status: 201 });
  });

  it('is refused in a tenant that is there no more', async () => {
    expect(await get(await issuer.sign({ roles: ['boss'], cpo: 'gone' }))).toMatchObject({ status: 404, body: { code: 'unknown-tenant' } });
  });

  it('is told what is wrong with its token, as client libraries read it', async () => {
    const expired = await get(await issuer.sign({ roles: ['support'], exp: 1 }));
    expect(expired).toMatchObject({ status: 401, body: { code: 'invalid-access-token', detail: 'the access token has expired (`exp`)' } });
    expect(expired.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(await get(await issuer.sign({ roles: ['nobody'] }))).toMatchObject({ status: 403, body: { code: 'no-access' } });
    expect(await get(`${await issuer.sign({})}.x`)).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  it('counts by its subject, with however many tokens, and by its tenant', async () => {
    const statusOf = async (sub: string) => (await get(await issuer.sign({ roles: ['boss'], cpo: 'busy', sub }))).status;
    const statuses = [];
    for (let times = 0; times < 21; times++) statuses.push(await statusOf('one'));
    expect(statuses).toEqual([...Array<number>(20).fill(200), 429]);
    for (let times = 0; times < 10; times++) expect(await statusOf('other')).toBe(200);
    const refused = await get(await issuer.sign({ roles: ['boss'], cpo: 'busy', sub: 'third' }));
    expect(refused).toMatchObject({ status: 429, body: { detail: 'more than 30 requests in 60 seconds (tenant)' } });
    expect(refused.headers['ratelimit-policy']).toBe('"tenant";q=30;w=60');
    expect((await get(await issuer.sign({ roles: ['boss'], cpo: 'quiet', sub: 'third' }))).status).toBe(200);
    expect((await get(TestApp.KEY, { tenant: 'busy' })).status).toBe(200);
  });

  it('with bad tokens is limited by its address', async () => {
    const statuses = [];
    for (let times = 0; times < 13; times++) statuses.push((await get('a.b.c', { from: '192.0.2.99' })).status);
    expect(statuses).toEqual([...Array<number>(12).fill(401), 429]);
  });
});
