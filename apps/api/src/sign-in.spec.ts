import { AUDIT_LOG } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { silentLogger } from '@voltbus/testing';
import { Client } from 'pg';
import { startApi, type TestApi } from './testing/test-api';
import { TestBrowser } from './testing/test-browser';
import { startProvider, type TestProvider } from './testing/test-provider';

const ORIGIN = 'http://127.0.0.1:8080';
/** As docs/how-to/let-people-sign-in.md has them, and what the operator may do in another tenant. */
const RULES = [
  { claims: { roles: 'voltbus-operator' }, tenantClaim: 'tenant', role: 'operator' },
  { claims: { roles: 'voltbus-technician' }, tenantClaim: 'tenant', role: 'technician', stationGroupsClaim: 'sites' },
  { claims: { roles: 'voltbus-admin' }, tenantClaim: 'tenant', role: 'tenant-admin' },
  { claims: { roles: 'voltbus-operator' }, tenant: 'beta', role: 'viewer' },
  { claims: { roles: 'voltbus-operator' }, tenant: 'removed', role: 'viewer' },
];
const HOUR_MS = 3_600_000;

let provider: TestProvider;
let api: TestApi;
let app: TestApp;

beforeAll(async () => {
  provider = await startProvider();
  api = await startApi(silentLogger, settings(RULES));
  app = api.app;
  // as the default one is; through the API, the outbox would be relayed on and on
  await query(`INSERT INTO device_config.tenants SELECT (jsonb_populate_record(t, '{"tenant": "beta"}')).* FROM device_config.tenants t`);
});
afterEach(() => void jest.useRealTimers());
afterAll(async () => {
  await api?.close();
  await provider?.stop();
});

function settings(access: readonly object[], more: Record<string, string> = {}): Record<string, string> {
  const { issuer, audience, signInClient, secret } = provider;
  const OIDC_ISSUERS = JSON.stringify([{ name: 'sso', issuer, audience, access, signIn: { clientId: signInClient } }]);
  return { VOLTBUS_OIDC_ISSUERS: OIDC_ISSUERS, VOLTBUS_OIDC_CLIENT_SECRET: secret, VOLTBUS_API_URL: ORIGIN, ...more };
}

const browser = (of: TestApp = app) => new TestBrowser(of);
/** Another API, as the same browser sees it. */
function asIn(other: TestApp, one: TestBrowser): TestBrowser {
  const same = browser(other);
  for (const [name, cookie] of one.cookies) same.cookies.set(name, cookie);
  return same;
}
async function signedIn(person: string, query = ''): Promise<TestBrowser> {
  const one = browser();
  expect(await one.signIn(person, query)).toMatchObject({ status: 302 });
  return one;
}

/** Only the clock of this process: timers stay as they are. */
function setClock(offsetMs: number): void {
  jest.useRealTimers();
  jest.useFakeTimers({ now: Date.now() + offsetMs, advanceTimers: true, doNotFake: [...TIMERS] });
}
const TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

async function query<T extends object>(sql: string): Promise<T[]> {
  const client = new Client({ connectionString: api.databaseUrl });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a person who signs in', () => {
  it('comes back to where they wanted to go, as who they are, with what the rules give', async () => {
    const olga = browser();
    expect(await olga.signIn('olga', '?returnTo=/docs%3Fa=1')).toMatchObject({ status: 302, location: '/docs?a=1' });
    const { status, body } = await olga.request('GET', '/v1/auth/session');
    expect([status, body]).toMatchObject([
      200,
      {
        ...{ kind: 'person', tenant: 'default', actor: 'sso:olga', role: 'operator', stationGroups: null },
        session: { actor: 'sso:olga', name: 'Olga Operator', address: '127.0.0.1' },
      },
    ]);
    const { permissions } = body as { permissions: string[] };
    expect([permissions.includes('commands:send'), permissions.includes('stations:write')]).toEqual([true, false]);
    expect(await olga.request('PUT', '/v1/tokens/OLGA', { body: { status: 'Accepted' } })).toMatchObject({ status: 201 });
    expect(await olga.request('PUT', '/v1/stations/X', { body: {} })).toMatchObject({
      status: 403,
      body: { permission: 'stations:write' },
    });
  });

  it('has a cookie that only the server reads, and of which only a hash is stored', async () => {
    const olga = await signedIn('olga');
    const { value = '', text } = olga.cookies.get('voltbus-session') ?? {};
    expect(value).toMatch(/^[\w-]{43}\.[\w-]{16}$/);
    expect(text).toBe(`voltbus-session=${value}; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax`);
    expect([...olga.cookies.keys()]).toEqual(['voltbus-session']); // that of the sign-in is gone
    const stored = await query<Record<string, unknown>>(`SELECT *, encode(hash, 'escape') AS bytes FROM device_config.auth_sessions`);
    expect(stored.length).toBeGreaterThan(0);
    expect(JSON.stringify(stored)).not.toContain(value.slice(0, 43));
    expect(stored.at(-1)?.['claims']).toEqual({ roles: ['voltbus-operator'], tenant: 'default' }); // and none that no rule reads
  });

  it('stands in the audit log by their name, with the sign-in itself', async () => {
    const olga = await signedIn('olga');
    await olga.request('PUT', '/v1/tokens/AUDITED', { body: { status: 'Accepted' } });
    const { body } = await app.request<{ items: { path: string; after: object }[] }>('GET', '/v1/audit-log?actor=sso:olga&limit=2');
    expect(body.items).toMatchObject([
      { path: '/v1/tokens/AUDITED', status: 201 },
      { path: '/v1/auth/callback', status: 302, after: { actor: 'sso:olga', name: 'Olga Operator' } },
    ]);
    const value = olga.cookies.get('voltbus-session')?.value ?? 'none';
    expect(JSON.stringify(body)).not.toContain(value.slice(0, 43));
  });

  it('keeps to the station groups that their claims name', async () => {
    for (const [station, group] of [
      ['DEPOT-9', 'depot'],
      ['AIRPORT-9', 'airport'],
    ] as const)
      await app.request('PUT', `/v1/stations/${station}`, { body: { group } });
    const tom = await signedIn('tom');
    const { body } = await tom.request('GET', '/v1/stations');
    expect((body as { items: { station: string }[] }).items.map(({ station }) => station)).toEqual(['DEPOT-9']);
    expect(await tom.request('GET', '/v1/stations/AIRPORT-9')).toMatchObject({ status: 404 });
  });

  it('is in the tenant that they named, and in no other with the same session', async () => {
    const olga = await signedIn('olga', '?tenant=beta');
    expect(await olga.request('GET', '/v1/auth/session')).toMatchObject({ body: { tenant: 'beta', role: 'viewer' } });
    expect(await olga.request('GET', '/v1/stations', { headers: { 'voltbus-tenant': 'default' } })).toMatchObject({
      body: { code: 'foreign-tenant' },
    });
    expect(await browser().signIn('olga', '?tenant=gamma')).toMatchObject({ status: 403, body: { code: 'no-access' } });
    expect(await browser().signIn('olga', '?tenant=removed')).toMatchObject({ status: 404, body: { code: 'unknown-tenant' } });
  });

  it('makes no API key, which would outlive the session, and its tickets end with it', async () => {
    const ada = await signedIn('ada');
    expect(await ada.request('POST', '/v1/api-keys', { body: { name: 'x', role: 'viewer' } })).toMatchObject({ status: 403 });
    const { body } = await ada.request('POST', '/v1/event-tickets', { body: {} });
    const opened = () => app.request('GET', `/v1/events?types=nonsense&ticket=${String(body?.['ticket'])}`, { key: null, tenant: null });
    expect(await opened()).toMatchObject({ status: 400 }); // let in: the types are wrong
    expect(await ada.request('POST', '/v1/auth/logout')).toMatchObject({ status: 204 });
    expect(await opened()).toMatchObject({ status: 401 });
  });

  it('is one person in all browsers: approves no campaign of their own, and has one quota', async () => {
    const [one, other] = [await signedIn('ada'), await signedIn('ada')];
    await one.request('PUT', '/v1/firmware-images/two', { body: { url: 'https://files.example/two.bin', firmwareVersion: '2.0' } });
    const { body } = await one.request('POST', '/v1/campaigns', {
      body: { name: 'spring', work: { kind: 'firmware', image: 'two' }, needsApproval: true },
    });
    const path = `/v1/campaigns/${String(body?.['id'])}`;
    expect(await other.request('POST', `${path}/approve`)).toMatchObject({ status: 403, body: { code: 'same-person' } });
    expect(await app.request('POST', `${path}/approve`)).toMatchObject({ status: 200, body: { createdBy: 'sso:ada' } });
    const few = await startApi(silentLogger, settings(RULES, { VOLTBUS_API_REQUESTS_PER_MINUTE: '3' }), api.databaseUrl);
    const statuses = [];
    for (const from of [one, other, one, other]) statuses.push((await asIn(few.app, from).request('GET', '/v1/auth/session')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    await few.close();
  });

  it('gets no session that the audit log does not have', async () => {
    const log = app.get<{ begin(): Promise<string> }>(AUDIT_LOG);
    const spied = jest.spyOn(log, 'begin').mockRejectedValueOnce(Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' }));
    const before = await query(`SELECT FROM device_config.auth_sessions WHERE actor = 'sso:tom'`);
    const tom = browser();
    expect((await tom.signIn('tom')).status).toBeGreaterThanOrEqual(500);
    expect([...tom.cookies.keys()]).toEqual([]);
    expect(await query(`SELECT FROM device_config.auth_sessions WHERE actor = 'sso:tom'`)).toEqual(before);
    spied.mockRestore();
  });

  it('whom no rule knows gets no session', async () => {
    const nobody = browser();
    expect(await nobody.signIn('nobody')).toMatchObject({ status: 403, body: { code: 'no-access' } });
    expect([...nobody.cookies.keys()]).toEqual([]);
    expect(await query(`SELECT FROM device_config.auth_sessions WHERE actor = 'sso:nobody'`)).toEqual([]);
  });

  it('who is not let in by the provider is told so', async () => {
    expect(await browser().signIn('')).toMatchObject({
      status: 400,
      body: { code: 'sign-in-failed', detail: 'the identity provider did not let the person in (access_denied)' },
    });
  });
});

describe('a sign-in', () => {
  it('counts once: its code is refused the second time, also by the browser that still has its state', async () => {
    const olga = browser();
    const callback = await olga.signInUpTo('olga');
    const begun = new Map(olga.cookies);
    expect(await olga.request('GET', callback)).toMatchObject({ status: 302 });
    expect(await olga.request('GET', callback)).toMatchObject({
      status: 400,
      body: { detail: 'this browser began no sign-in within the last ten minutes' },
    });
    const other = browser();
    for (const [name, cookie] of begun) other.cookies.set(name, cookie);
    expect(await other.request('GET', callback)).toMatchObject({
      status: 400,
      body: { code: 'sign-in-failed', detail: 'the identity provider does not take the code, or not any more' },
    });
  });

  it('is ended by the browser that began it and by no other', async () => {
    const callback = await browser().signInUpTo('ada');
    const victim = browser();
    expect(await victim.request('GET', callback)).toMatchObject({ status: 400, body: { code: 'sign-in-failed' } });
    const own = await victim.signInUpTo('olga');
    expect(await victim.request('GET', callback)).toMatchObject({
      status: 400,
      body: { detail: 'another browser began that sign-in, or this one began another since' },
    });
    expect([...victim.cookies.keys()]).toEqual(['voltbus-sign-in']);
    expect(await victim.request('GET', own)).toMatchObject({ status: 302 }); // which it may still end
    expect(await victim.request('GET', '/v1/auth/session')).toMatchObject({ body: { actor: 'sso:olga' } });
  });

  it('that took longer than ten minutes, or has a forged cookie, is none', async () => {
    const slow = browser();
    const callback = await slow.signInUpTo('olga');
    setClock(601_000);
    expect(await slow.request('GET', callback)).toMatchObject({ status: 400, body: { code: 'sign-in-failed' } });
    jest.useRealTimers();
    const forger = browser();
    await forger.signInUpTo('olga');
    forger.cookies.set('voltbus-sign-in', { value: 'AAAA', text: '' });
    expect(await forger.request('GET', callback)).toMatchObject({ status: 400, body: { code: 'sign-in-failed' } });
  });

  it.each([-60_000, 60_000])('succeeds with a clock that differs from the provider by %d ms', async (offset) => {
    setClock(offset);
    await signedIn('olga');
  });

  it('says that an ID token has expired where the clocks differ by hours', async () => {
    setClock(2 * HOUR_MS);
    expect(await browser().signIn('olga')).toMatchObject({
      status: 400,
      body: { code: 'sign-in-failed', detail: 'the ID token has expired (`exp`)' },
    });
  });

  it.each(['//evil.example', 'https://evil.example', '/%5Cevil.example', '/%09/evil.example', 'docs', '', `/${'x'.repeat(1_100)}`])(
    'never sends a browser to another site: %j',
    async (returnTo) => {
      const answer = await browser().request('GET', `/v1/auth/login?returnTo=${returnTo}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request', errors: [{ path: '/returnTo' }] } });
      expect(answer.location).toBeUndefined();
    },
  );

  it('ends the session that the browser had', async () => {
    const one = await signedIn('olga');
    const before = asIn(app, one);
    expect(await one.signIn('ada')).toMatchObject({ status: 302 });
    expect(await before.request('GET', '/v1/auth/session')).toMatchObject({ status: 401 });
    expect(await one.request('GET', '/v1/auth/session')).toMatchObject({ body: { actor: 'sso:ada' } });
  });
});

describe('a request with the cookie of a session', () => {
  const put = (one: TestBrowser, token: string, headers: Record<string, string | undefined>) =>
    one.request('PUT', `/v1/tokens/${token}`, { body: { status: 'Accepted' }, headers });

  it('changes nothing unless a page of this site sent it', async () => {
    const olga = await signedIn('olga');
    const fromElsewhere: Record<string, string | undefined>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'cross-site', origin: ORIGIN },
      { 'sec-fetch-site': undefined, origin: undefined },
      { 'sec-fetch-site': undefined, origin: 'null' },
      { 'sec-fetch-site': undefined, origin: 'http://127.0.0.1:9999' },
      { 'sec-fetch-site': undefined, origin: 'https://evil.example' },
    ];
    for (const headers of fromElsewhere)
      expect([headers, await put(olga, 'FORGED', headers)]).toMatchObject([headers, { status: 403, body: { code: 'cross-site-request' } }]);
    expect(await app.request('GET', '/v1/tokens/FORGED')).toMatchObject({ status: 404 });
    expect(await put(olga, 'OWN', { 'sec-fetch-site': undefined })).toMatchObject({ status: 201 }); // a browser without the header
    expect(await olga.request('GET', '/v1/tokens/OWN', { headers: { 'sec-fetch-site': 'cross-site' } })).toMatchObject({ status: 200 });
  });

  it('is the caller of its key where it has one too', async () => {
    const olga = await signedIn('olga');
    const headers = { authorization: `Bearer ${TestApp.KEY}`, 'sec-fetch-site': 'cross-site' };
    expect(await olga.request('GET', '/v1/auth/session', { headers })).toMatchObject({ body: { actor: 'administrator', session: null } });
    expect(await put(olga, 'BYKEY', headers)).toMatchObject({ status: 201 });
    expect(await olga.request('GET', '/v1/auth/session', { headers: { authorization: 'Bearer nonsense' } })).toMatchObject({ status: 401 });
  });

  it('that was made up is refused like a wrong key', async () => {
    for (const value of ['', 'x', `${'a'.repeat(43)}.${'b'.repeat(16)}`, '__proto__']) {
      const one = browser();
      one.cookies.set('voltbus-session', { value, text: '' });
      expect(await one.request('GET', '/v1/auth/session')).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    }
  });
});

describe('a session', () => {
  it('ends at once when its person signs out', async () => {
    const olga = await signedIn('olga');
    const copy = asIn(app, olga);
    expect(await olga.request('POST', '/v1/auth/logout')).toMatchObject({ status: 204 });
    expect([...olga.cookies.keys()]).toEqual([]);
    expect(await copy.request('GET', '/v1/auth/session')).toMatchObject({ status: 401 });
    expect(await app.request('POST', '/v1/auth/logout')).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('is listed and ended by an administrator of its tenant, and by nobody else', async () => {
    const [ada, olga, beta] = [await signedIn('ada'), await signedIn('olga'), await signedIn('olga', '?tenant=beta')];
    const idOf = async (one: TestBrowser) =>
      ((await one.request('GET', '/v1/auth/session')).body as { session: { id: string } }).session.id;
    const [id, foreign] = [await idOf(olga), await idOf(beta)];
    expect(await olga.request('GET', '/v1/auth/sessions')).toMatchObject({ status: 403, body: { permission: 'auth-sessions:read' } });
    expect(await olga.request('DELETE', `/v1/auth/sessions/${id}`)).toMatchObject({ status: 403 });
    const { body } = await ada.request('GET', '/v1/auth/sessions?actor=sso:olga&search=olga');
    const listed = (body as { items: { id: string; actor: string }[] }).items;
    expect(listed.find((one) => one.id === id)).toMatchObject({ actor: 'sso:olga', name: 'Olga Operator' });
    expect(listed.every(({ actor }) => actor === 'sso:olga')).toBe(true);
    expect(listed.some((one) => one.id === foreign)).toBe(false);
    for (const method of ['GET', 'DELETE'] as const)
      expect(await ada.request(method, `/v1/auth/sessions/${foreign}`)).toMatchObject({ status: 404 });
    expect(await ada.request('DELETE', `/v1/auth/sessions/${id}`)).toMatchObject({ status: 204 });
    expect(await olga.request('GET', '/v1/auth/session')).toMatchObject({ status: 401 });
    expect(await beta.request('GET', '/v1/auth/session')).toMatchObject({ status: 200 });
    const { body: log } = await app.request<{ items: object[] }>('GET', '/v1/audit-log?actor=sso:ada&method=DELETE');
    expect(log.items).toMatchObject([{ path: `/v1/auth/sessions/${id}`, before: { actor: 'sso:olga' }, after: null }]);
  });

  it('ends when it is not used for an hour, and after twelve hours however much it is used', async () => {
    const [used, idle] = [await signedIn('olga'), await signedIn('olga')];
    const statusOf = async (one: TestBrowser) => (await one.request('GET', '/v1/auth/session')).status;
    for (let minutes = 50; minutes < 720; minutes += 50) {
      setClock(minutes * 60_000);
      expect([minutes, await statusOf(used)]).toEqual([minutes, 200]);
    }
    expect(await statusOf(idle)).toBe(401);
    setClock(12 * HOUR_MS + 1_000);
    expect(await statusOf(used)).toBe(401);
  });

  it('loses what a changed rule takes away, with the next request', async () => {
    const olga = await signedIn('olga');
    const withRules = async (access: readonly object[]) => {
      const other = await startApi(silentLogger, settings(access), api.databaseUrl);
      const one = asIn(other.app, olga);
      const answers = [
        await one.request('PUT', '/v1/tokens/LATER', { body: { status: 'Accepted' } }),
        await one.request('GET', '/v1/tokens'),
      ];
      await other.close();
      return answers;
    };
    const viewer = await withRules([{ ...RULES[0], role: 'viewer' }]);
    expect(viewer).toMatchObject([{ status: 403, body: { code: 'forbidden' } }, { status: 200 }]);
    const none = await withRules(RULES.slice(1));
    expect(none).toMatchObject([
      { status: 403, body: { code: 'no-access' } },
      { status: 403, body: { code: 'no-access' } },
    ]);
  });
});

describe('the administrator of a standalone', () => {
  const begin = async (key: string = TestApp.KEY) => {
    const one = browser();
    const { status } = await one.request('POST', '/v1/auth/session', { headers: { authorization: `Bearer ${key}` } });
    return { one, status };
  };

  it('has a session by the key, of every tenant, which makes no keys and begins no other', async () => {
    const { one, status } = await begin();
    expect(status).toBe(201);
    expect(await one.request('GET', '/v1/auth/session', { headers: { 'voltbus-tenant': 'beta' } })).toMatchObject({
      body: { kind: 'administrator', tenant: 'beta', role: 'platform-admin', actor: 'administrator' },
    });
    expect(await one.request('GET', '/v1/tenants')).toMatchObject({ status: 200 });
    expect(await one.request('POST', '/v1/auth/session')).toMatchObject({ status: 403 });
    expect(await one.request('POST', '/v1/api-keys', { body: { name: 'x', role: 'viewer' } })).toMatchObject({ status: 403 });
    const { body: made } = await app.request<{ key: string }>('POST', '/v1/api-keys', { body: { name: 'boss', role: 'tenant-admin' } });
    expect((await begin(made.key)).status).toBe(403);
    expect((await begin('x'.repeat(40))).status).toBe(401);
  });

  it('keeps ten sessions: those end that were used least lately', async () => {
    const { one: first } = await begin();
    const browsers = [];
    for (let nth = 0; nth < 10; nth++) browsers.push((await begin()).one);
    const statuses = await Promise.all([first, ...browsers].map(async (one) => (await one.request('GET', '/v1/auth/session')).status));
    expect(statuses).toEqual([401, ...Array<number>(10).fill(200)]);
  });

  it('has none any more with another key', async () => {
    const { one } = await begin();
    const other = await startApi(silentLogger, { ...settings(RULES), VOLTBUS_ADMIN_KEY: 'n'.repeat(40) }, api.databaseUrl);
    const again = asIn(other.app, one);
    expect(await again.request('GET', '/v1/auth/session')).toMatchObject({ status: 401 });
    await other.close();
  });
});

describe('while the provider is away', () => {
  it('sessions go on, and nobody signs in', async () => {
    const [olga, late] = [await signedIn('olga'), browser()];
    const callback = await late.signInUpTo('olga');
    await provider.stop();
    expect(await olga.request('GET', '/v1/auth/session')).toMatchObject({ status: 200 });
    expect(await late.request('GET', callback)).toMatchObject({ status: 503, body: { code: 'issuer-unavailable' } });
    const other = await startApi(silentLogger, settings(RULES));
    expect(await browser(other.app).request('GET', '/v1/auth/login')).toMatchObject({
      status: 503,
      body: { code: 'issuer-unavailable', retryAfterSeconds: 10 },
    });
    await other.close();
  });

  it('an API whose settings name no provider for people says so', async () => {
    const other = await startApi();
    expect(await browser(other.app).request('GET', '/v1/auth/login')).toMatchObject({ status: 404 });
    expect(await browser(other.app).request('GET', '/v1/auth/callback?code=x&state=y')).toMatchObject({ status: 404 });
    await other.close();
  });
});
