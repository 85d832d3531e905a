import { TestApp } from '@voltbus/http/testing';
import { silentLogger } from '@voltbus/testing';
import { ORIGIN, RULES, asIn, forSignIn, setClock } from './testing/for-sign-in';
import { startApi } from './testing/test-api';
import type { TestBrowser } from './testing/test-browser';

const HOUR_MS = 3_600_000;

const at = forSignIn();
const { browser, settings, signedIn } = at;

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
    expect(await at.app.request('GET', '/v1/tokens/FORGED')).toMatchObject({ status: 404 });
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
    const copy = asIn(at.app, olga);
    expect(await olga.request('POST', '/v1/auth/logout')).toMatchObject({ status: 204 });
    expect([...olga.cookies.keys()]).toEqual([]);
    expect(await copy.request('GET', '/v1/auth/session')).toMatchObject({ status: 401 });
    expect(await at.app.request('POST', '/v1/auth/logout')).toMatchObject({ status: 409, body: { code: 'conflict' } });
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
    const { body: log } = await at.app.request<{ items: object[] }>('GET', '/v1/audit-log?actor=sso:ada&method=DELETE');
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
      const other = await startApi(silentLogger, settings(access), at.api.databaseUrl);
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
    const { body: made } = await at.app.request<{ key: string }>('POST', '/v1/api-keys', { body: { name: 'boss', role: 'tenant-admin' } });
    expect((await begin(made.key)).status).toBe(403);
    expect((await begin('x'.repeat(40))).status).toBe(401);
  });

  it('has the same session in a browser that repeats its request, and in no other', async () => {
    const [one, other] = [browser(), browser()];
    const ask = (from: TestBrowser, key: string) =>
      from.request('POST', '/v1/auth/session', { headers: { authorization: `Bearer ${TestApp.KEY}`, 'idempotency-key': key } });
    const first = await ask(one, 'session-1');
    const cookies = new Map(one.cookies);
    one.cookies.clear(); // the answer was lost
    expect(await ask(one, 'session-1')).toEqual(first);
    expect(one.cookies).toEqual(cookies);
    expect(await one.request('GET', '/v1/auth/session')).toMatchObject({ status: 200, body: { actor: 'administrator' } });
    expect((await ask(other, 'session-2')).body?.['id']).not.toBe(first.body?.['id']);
    expect(other.cookies).not.toEqual(cookies);
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
    const other = await startApi(silentLogger, { ...settings(RULES), VOLTBUS_ADMIN_KEY: 'n'.repeat(40) }, at.api.databaseUrl);
    const again = asIn(other.app, one);
    expect(await again.request('GET', '/v1/auth/session')).toMatchObject({ status: 401 });
    await other.close();
  });
});
