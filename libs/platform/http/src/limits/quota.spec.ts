import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLogger } from '@voltbus/testing';
import { API_KEYS, type ApiKeys } from '../auth/api-keys';
import { TestApp } from '../testing/test-app';
import { httpApi } from '../http-api';
import { inRanges } from './proxies';
import { Quota } from './quota';
import { sourceOf } from './source';

describe('a quota', () => {
  const policy = { name: 'key', quota: 2, windowSeconds: 60 };

  it('admits so many in a window, and again in the next', () => {
    const quota = new Quota(policy);
    const taken = [0, 10, 20_500, 59_999, 60_000].map((now) => quota.take('one', now));
    expect(taken).toEqual([
      { admitted: true, remaining: 1, resetSeconds: 60 },
      { admitted: true, remaining: 0, resetSeconds: 60 },
      { admitted: false, remaining: 0, resetSeconds: 40 },
      { admitted: false, remaining: 0, resetSeconds: 1 },
      { admitted: true, remaining: 1, resetSeconds: 60 },
    ]);
  });

  it('counts each by itself, and forgets whoever was quiet longest when there are too many', () => {
    const quota = new Quota(policy, 2);
    for (const who of ['a', 'a', 'a', 'b', 'c']) quota.take(who, 0);
    expect([quota.take('c', 0).remaining, quota.take('a', 0).remaining]).toEqual([0, 1]);
  });
});

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['192.0.2.1:50123', '192.0.2.1'],
  ['[2001:db8::7]:443', '2001:db8:0:0::/64'],
  ['[::ffff:192.0.2.1]:443', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['2001:DB8:0000::7', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
  ['1:2', '1:2'],
  [undefined, 'gone'],
])('%s stands for %s', (address, source) => {
  expect(sourceOf(address)).toBe(source);
});

it('knows addresses of ranges, of both families', () => {
  const isProxy = inRanges(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32']);
  expect(['10.9.9.9', '::ffff:10.9.9.9', '192.0.2.1', '2001:db8::7', '10.9.9.9:443'].map(isProxy)).toEqual(Array(5).fill(true));
  expect(['11.0.0.1', '192.0.2.2', '2001:db9::7', 'nonsense', undefined].map(isProxy)).toEqual(Array(5).fill(false));
});

const keys: ApiKeys = {
  holderOf: (key) => Promise.resolve(key.startsWith('good') ? { id: key, tenant: 'acme', scopes: ['read'] } : null),
};

@Controller('v1')
class Things {
  @Get('things')
  things() {
    return {};
  }
}
@Module({ controllers: [Things], providers: [{ provide: API_KEYS, useValue: keys }] })
class ThingsModule {}

describe('requests of one process', () => {
  let app: NestFastifyApplication;
  beforeEach(async () => {
    const settings = TestApp.settings({
      VOLTBUS_API_REQUESTS_PER_MINUTE: '3',
      VOLTBUS_API_OPEN_REQUESTS_PER_MINUTE: '2',
      VOLTBUS_API_FAILED_KEYS_PER_MINUTE: '2',
      VOLTBUS_API_TRUSTED_PROXIES: '10.0.0.0/8',
    });
    app = await httpApi.create({ module: ThingsModule }, { logger: false }, settings, silentLogger);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterEach(() => app.close());

  async function ask(key: string | null, { url = '/v1/things', from = '192.0.2.1', headers = {} as Record<string, string> } = {}) {
    const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    return app.inject({ method: 'GET', url, remoteAddress: from, headers: { ...authorization, ...headers } });
  }

  it('are counted by key, wherever they come from, and told what is left', async () => {
    const answers = [await ask('good-1'), await ask('good-1', { from: '192.0.2.2' }), await ask('good-1'), await ask('good-1')];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers['ratelimit-policy'])).toEqual(Array(4).fill('"key";q=3;w=60'));
    expect(answers.map(({ headers }) => /^"key";r=(\d+);t=\d+$/.exec(String(headers['ratelimit']))?.[1])).toEqual(['2', '1', '0', '0']);
    const { headers, payload } = answers[3] ?? {};
    expect(JSON.parse(payload ?? '')).toMatchObject({ status: 429, code: 'too-many-requests' });
    expect(Number(headers?.['retry-after'])).toBeGreaterThan(0);
    expect((await ask('good-2')).statusCode).toBe(200);
  });

  it('with keys that are none are limited by address, and never keep out a valid one', async () => {
    const statuses = [];
    for (const key of [null, 'bad', 'bad', 'other']) statuses.push((await ask(key)).statusCode);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect((await ask('good-1')).statusCode).toBe(200);
    expect((await ask(TestApp.KEY)).statusCode).toBe(200);
    expect((await ask('bad', { from: '192.0.2.9' })).statusCode).toBe(401);
  });

  it('that need no key are limited by address, of IPv6 by its prefix', async () => {
    const open = async (from: string) => (await ask(null, { url: '/openapi.json', from })).statusCode;
    expect([await open('2001:db8::1'), await open('2001:db8::2'), await open('2001:db8::3'), await open('2001:db8:1::1')]).toEqual([
      200, 200, 429, 200,
    ]);
    expect((await ask(null, { url: '/nowhere', from: '2001:db8::4' })).statusCode).toBe(429);
  });

  it('are those of the client that a trusted proxy names, and nobody else is believed', async () => {
    const by = (from: string, client: string) => ask(null, { from, headers: { 'x-forwarded-for': client } });
    const proxied = [await by('10.0.0.1', '198.51.100.1'), await by('10.0.0.1', '198.51.100.1'), await by('10.0.0.1', '198.51.100.1')];
    expect([...proxied, await by('10.0.0.2', '198.51.100.2')].map(({ statusCode }) => statusCode)).toEqual([401, 401, 429, 401]);
    const liar = [
      await by('203.0.113.1', '198.51.100.3'),
      await by('203.0.113.1', '198.51.100.4'),
      await by('203.0.113.1', '198.51.100.5'),
    ];
    expect(liar.map(({ statusCode }) => statusCode)).toEqual([401, 401, 429]);
  });
});
