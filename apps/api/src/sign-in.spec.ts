import { AUDIT_LOG } from '@voltbus/http';
import { silentLogger } from '@voltbus/testing';
import { RULES, asIn, forSignIn, setClock } from './testing/for-sign-in';
import { startApi } from './testing/test-api';

const HOUR_MS = 3_600_000;

const at = forSignIn();
const { browser, query, settings, signedIn } = at;

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
    const { body } = await at.app.request<{ items: { path: string; after: object }[] }>('GET', '/v1/audit-log?actor=sso:olga&limit=2');
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
      await at.app.request('PUT', `/v1/stations/${station}`, { body: { group } });
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
    const opened = () => at.app.request('GET', `/v1/events?types=nonsense&ticket=${String(body?.['ticket'])}`, { key: null, tenant: null });
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
    expect(await at.app.request('POST', `${path}/approve`)).toMatchObject({ status: 200, body: { createdBy: 'sso:ada' } });
    const few = await startApi(silentLogger, settings(RULES, { VOLTBUS_API_REQUESTS_PER_MINUTE: '3' }), at.api.databaseUrl);
    const statuses = [];
    for (const from of [one, other, one, other]) statuses.push((await asIn(few.app, from).request('GET', '/v1/auth/session')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    await few.close();
  });

  it('gets no session that the audit log does not have', async () => {
    const log = at.app.get<{ begin(): Promise<string> }>(AUDIT_LOG);
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
    const before = asIn(at.app, one);
    expect(await one.signIn('ada')).toMatchObject({ status: 302 });
    expect(await before.request('GET', '/v1/auth/session')).toMatchObject({ status: 401 });
    expect(await one.request('GET', '/v1/auth/session')).toMatchObject({ body: { actor: 'sso:ada' } });
  });
});

describe('while the provider is away', () => {
  it('sessions go on, and nobody signs in', async () => {
    const [olga, late] = [await signedIn('olga'), browser()];
    const callback = await late.signInUpTo('olga');
    await at.provider.stop();
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
