import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CsmsError } from '@voltbus/contracts';
import { silentLogger } from '@voltbus/testing';
import { Needs } from '../auth/access';
import { rightsOfScopes } from '../auth/permissions';
import { OF_TENANT } from '../auth/reach';
import { API_KEYS, noApiKeys, type ApiKeys } from '../auth/api-keys';
import { TestApp } from '../testing/test-app';
import { httpApi } from '../http-api';

const keys: ApiKeys = {
  ...noApiKeys,
  holderOf(key, address) {
    if (key === 'good-at-home' && address !== '198.51.100.7') return Promise.reject(new CsmsError('address-not-allowed', 'not from here'));
    return Promise.resolve(
      key.startsWith('good') ? { id: key, tenant: 'acme', rights: rightsOfScopes(['read']), stationGroups: null } : null,
    );
  },
};

@Controller('v1')
class Things {
  @Get('things')
  @Needs('stations:read', OF_TENANT)
  things() {
    return {};
  }
}
@Module({ controllers: [Things], providers: [{ provide: API_KEYS, useValue: keys }] })
class ThingsModule {}

describe('the requests to one process', () => {
  let app: NestFastifyApplication;
  beforeEach(async () => {
    const settings = TestApp.settings({
      VOLTBUS_API_REQUESTS_PER_MINUTE: '3',
      VOLTBUS_API_OPEN_REQUESTS_PER_MINUTE: '2',
      VOLTBUS_API_FAILED_KEYS_PER_MINUTE: '2',
      VOLTBUS_API_TRUSTED_PROXIES: '10.0.0.0/8',
    });
    app = await httpApi.create({ module: ThingsModule }, { logger: false }, { settings, logger: silentLogger });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterEach(() => app.close());

  async function request(key: string | null, { url = '/v1/things', from = '192.0.2.1', headers = {} as Record<string, string> } = {}) {
    const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    return app.inject({ method: 'GET', url, remoteAddress: from, headers: { ...authorization, ...headers } });
  }

  it('are counted by key, from whatever address, and answered with the remaining quota', async () => {
    const answers = [
      await request('good-1'),
      await request('good-1', { from: '192.0.2.2' }),
      await request('good-1'),
      await request('good-1'),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers['ratelimit-policy'])).toEqual(Array(4).fill('"key";q=3;w=60'));
    expect(answers.map(({ headers }) => /^"key";r=(\d+);t=\d+$/.exec(String(headers['ratelimit']))?.[1])).toEqual(['2', '1', '0', '0']);
    const { headers, payload } = answers[3] ?? {};
    expect(JSON.parse(payload ?? '')).toMatchObject({ status: 429, code: 'too-many-requests' });
    expect(Number(headers?.['retry-after'])).toBeGreaterThan(0);
    expect((await request('good-2')).statusCode).toBe(200);
  });

  it('with invalid keys are limited by address, and never lock out a valid key', async () => {
    const statuses = [];
    for (const key of [null, 'bad', 'bad', 'other']) statuses.push((await request(key)).statusCode);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect((await request('good-1')).statusCode).toBe(200);
    expect((await request(TestApp.KEY)).statusCode).toBe(200);
    expect((await request('bad', { from: '192.0.2.9' })).statusCode).toBe(401);
  });

  it('that need no key are limited by address, for IPv6 by its /64', async () => {
    const open = async (from: string) => (await request(null, { url: '/openapi.json', from })).statusCode;
    expect([await open('2001:db8::1'), await open('2001:db8::2'), await open('2001:db8::3'), await open('2001:db8:1::1')]).toEqual([
      200, 200, 429, 200,
    ]);
    expect((await request(null, { url: '/nowhere', from: '2001:db8::4' })).statusCode).toBe(429);
  });

  it('count for the client that a trusted proxy names, and for nobody whom another sender names', async () => {
    const by = (from: string, client: string) => request(null, { from, headers: { 'x-forwarded-for': client } });
    const proxied = [await by('10.0.0.1', '198.51.100.1'), await by('10.0.0.1', '198.51.100.1'), await by('10.0.0.1', '198.51.100.1')];
    expect([...proxied, await by('10.0.0.2', '198.51.100.2')].map(({ statusCode }) => statusCode)).toEqual([401, 401, 429, 401]);
    const untrusted = [
      await by('203.0.113.1', '198.51.100.3'),
      await by('203.0.113.1', '198.51.100.4'),
      await by('203.0.113.1', '198.51.100.5'),
    ];
    expect(untrusted.map(({ statusCode }) => statusCode)).toEqual([401, 401, 429]);
  });

  it('with a key that is used from a wrong address count as failed, and the address is that which a trusted proxy names', async () => {
    const by = async (from: string, client: string) => {
      const { statusCode, payload } = await request('good-at-home', { from, headers: { 'x-forwarded-for': client } });
      return [statusCode, (JSON.parse(payload) as { code?: string }).code];
    };
    expect(await by('10.0.0.1', '198.51.100.7')).toEqual([200, undefined]);
    expect(await by('10.0.0.1', '198.51.100.8')).toEqual([403, 'address-not-allowed']);
    const untrusted = [];
    for (let times = 0; times < 3; times++) untrusted.push(await by('203.0.113.1', '198.51.100.7'));
    expect(untrusted.map(([status]) => status)).toEqual([403, 403, 429]);
  });
});
