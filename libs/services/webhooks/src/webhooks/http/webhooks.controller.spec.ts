import { startWebhooksApp, type WebhooksApp } from '../../testing/webhooks-app';

let app: WebhooksApp;
beforeAll(async () => (app = await startWebhooksApp()));
afterAll(() => app?.close());

const TERMS = { url: 'https://receiver.example/hook', events: ['voltbus.cdr.issued'] };
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

describe('/v1/webhooks', () => {
  it('shows the secret once, when it is made, and keeps it unreadable', async () => {
    const { status, body } = await app.request<{ secret: string }>('PUT', '/billing', TERMS);
    expect([status, body.secret]).toEqual([201, expect.stringMatching(SECRET)]);
    const { secret, ...shown } = body;
    expect(shown).toEqual({
      ...{ webhook: 'billing', ...TERMS, description: '', enabled: true, status: 'active', failingSince: null },
      ...{ disabledReason: null, disabledAt: null, secretIssuedAt: expect.any(String), previousSecretUntil: null },
      ...{ pending: 0, dropped: 0, lastDroppedAt: null, createdAt: expect.any(String), updatedAt: expect.any(String) },
    });
    expect(await app.request('GET', '/billing')).toEqual({ status: 200, body: shown });
    expect(await app.request('GET', '')).toEqual({ status: 200, body: { items: [shown], nextCursor: null } });
    const replaced = await app.request('PUT', '/billing', TERMS);
    expect([replaced.status, 'secret' in replaced.body]).toEqual([200, false]);
    const rows = JSON.stringify(await app.database.query('SELECT *, encode(secret, $1) FROM webhooks.webhooks', ['escape']));
    expect(rows).not.toContain(secret.slice(6));
  });

  it('rotates the secret, and the one before ends when it is told to', async () => {
    await app.request('PUT', '/rotated', TERMS);
    const usual = await app.request<{ secret: string; secretIssuedAt: string; previousSecretUntil: string }>(
      'POST',
      '/rotated/rotate-secret',
      {},
    );
    expect([usual.status, usual.body.secret]).toEqual([200, expect.stringMatching(SECRET)]);
    expect(Date.parse(usual.body.previousSecretUntil) - Date.parse(usual.body.secretIssuedAt)).toBe(86_400_000);
    const leaked = await app.request<typeof usual.body>('POST', '/rotated/rotate-secret', { overlapSeconds: 0 });
    expect(leaked.body.previousSecretUntil).toBe(leaked.body.secretIssuedAt);
    expect(await app.request('POST', '/rotated/rotate-secret', { overlapSeconds: 604_801 })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/overlapSeconds' }] },
    });
    expect(await app.request('POST', '/nobody/rotate-secret', {})).toMatchObject({ status: 404 });
  });

  it.each([
    [{ ...TERMS, url: 'http://receiver.example/' }, '/url'],
    [{ ...TERMS, url: 'https://169.254.169.254/latest/meta-data' }, '/url'],
    [{ ...TERMS, url: 'https://0x7f000001/' }, '/url'],
    [{ ...TERMS, url: 'https://receiver.example:22/' }, '/url'],
    [{ ...TERMS, url: 'https://user:password@receiver.example/' }, '/url'],
    [{ ...TERMS, events: [] }, '/events'],
    [{ ...TERMS, events: ['voltbus.cdr.issued', 'voltbus.cdr.issued'] }, '/events'],
    [{ ...TERMS, events: ['voltbus.cdr.*'] }, '/events/0'],
    [{ ...TERMS, secret: 'whsec_mine' }, '/secret'],
    [{ ...TERMS, webhook: 'another' }, '/webhook'],
    [{ url: TERMS.url }, '/events'],
  ])('refuses %j and names the member', async (body, path) => {
    expect(await app.request('PUT', '/refused', body)).toMatchObject({
      status: 422,
      body: { errors: [expect.objectContaining({ path })] },
    });
    expect(await app.request('GET', '/refused')).toMatchObject({ status: 404 });
  });

  it('that was disabled stays so, unless it is said that it shall be enabled', async () => {
    await app.request('PUT', '/paused', { ...TERMS, enabled: false });
    expect((await app.request('GET', '/paused')).body).toMatchObject({ enabled: false, status: 'disabled', disabledReason: 'operator' });
    expect(await app.request('PUT', '/paused', TERMS)).toMatchObject({ status: 422, body: { errors: [{ path: '/enabled' }] } });
    expect(await app.request('PUT', '/paused', { ...TERMS, enabled: true })).toMatchObject({
      status: 200,
      body: { status: 'active', disabledReason: null },
    });
  });

  it('is of one tenant alone, and is made anew after it was deleted', async () => {
    const first = await app.request<{ secret: string }>('PUT', '/mine', TERMS);
    expect(await app.request('GET', '/mine', undefined, 'other')).toMatchObject({ status: 404 });
    expect(await app.request('DELETE', '/mine', undefined, 'other')).toMatchObject({ status: 404 });
    expect(await app.request('DELETE', '/mine')).toMatchObject({ status: 204 });
    expect(await app.request('GET', '/mine')).toMatchObject({ status: 404 });
    expect(await app.request('DELETE', '/mine')).toMatchObject({ status: 404 });
    const again = await app.request<{ secret: string }>('PUT', '/mine', TERMS);
    expect(again.status).toBe(201);
    expect(again.body.secret).not.toBe(first.body.secret);
    expect(await app.request('PUT', '/mine', TERMS, 'gone')).toMatchObject({ status: 404 });
  });

  it('are at most 20 of a tenant, also where they are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 22 }, (_, index) => app.request('PUT', `/hook-${index}`, TERMS, 'full')));
    expect(made.map(({ status }) => status).sort()).toEqual([...Array<number>(20).fill(201), 409, 409]);
    await app.request('DELETE', `/hook-${made.findIndex(({ status }) => status === 201)}`, undefined, 'full');
    expect(await app.request('PUT', '/one-more', TERMS, 'full')).toMatchObject({ status: 201 });
    const listed = await app.request<{ items: { webhook: string }[]; nextCursor: string }>('GET', '?limit=15', undefined, 'full');
    const rest = await app.request<typeof listed.body>('GET', `?cursor=${listed.body.nextCursor}`, undefined, 'full');
    const names = [...listed.body.items, ...rest.body.items].map(({ webhook }) => webhook);
    expect([names.length, names]).toEqual([20, [...names].sort()]);
  });
});
