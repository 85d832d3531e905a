import { startWebhooksApp, type WebhooksApp } from '../../testing/webhooks-app';

interface Shown {
  id: string;
  state: string;
  eventType: string;
}

let app: WebhooksApp;
beforeAll(async () => {
  app = await startWebhooksApp();
  await app.request('PUT', '/hook', { url: 'https://receiver.example/', events: ['voltbus.cdr.issued'] });
});
afterAll(() => app?.close());

describe('/v1/webhooks/{webhook}/deliveries', () => {
  it('shows a test that waits, in the list and with its body, and tries it at once where it is replayed', async () => {
    const made = await app.request<Shown>('POST', '/hook/test');
    expect(made).toMatchObject({ status: 202, body: { state: 'pending', eventType: 'voltbus.webhook.test' } });
    const { id } = made.body;
    expect(await app.request('GET', `/hook/deliveries/${id}`)).toEqual({ status: 200, body: made.body });
    expect(await app.request('POST', `/hook/deliveries/${id}/replay`)).toEqual({ status: 202, body: made.body });
    const listed = await app.request<{ items: Shown[] }>('GET', '/hook/deliveries?state=pending&eventType=voltbus.webhook.test');
    expect(listed.body.items).toEqual([expect.objectContaining({ id })]);
    expect(listed.body.items[0]).not.toHaveProperty('body');
    for (const filter of ['state=dead', 'eventType=voltbus.cdr.issued', 'reason=gone', 'to=2026-01-01T00:00:00Z', 'station=CS-1'])
      expect(await app.request('GET', `/hook/deliveries?${filter}`)).toMatchObject({ status: 200, body: { items: [] } });
    expect((await app.request<{ pending: number }>('GET', '/hook')).body.pending).toBe(1);
  });

  it('is of one tenant alone, and of webhooks and deliveries that are there', async () => {
    const { body } = await app.request<Shown>('POST', '/hook/test');
    for (const [path, tenant] of [
      [`/hook/deliveries/${body.id}`, 'other'],
      ['/hook/deliveries/0b0e4f5e-6f3c-4c61-8a5e-0a4f4a2f9a11', 'acme'],
      ['/hook/deliveries/nonsense', 'acme'],
      [`/nobody/deliveries/${body.id}`, 'acme'],
    ] as const)
      for (const [method, end] of [['GET', ''] as const, ['POST', '/replay'] as const])
        expect(await app.request(method, `${path}${end}`, undefined, tenant)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    for (const path of ['/hook/test', '/hook/deliveries']) {
      const method = path.endsWith('test') ? 'POST' : 'GET';
      expect(await app.request(method, path, undefined, 'other')).toMatchObject({ status: 404 });
    }
  });

  it('replays the dead letters of a time', async () => {
    await app.database.query("UPDATE webhooks.deliveries SET state = 'dead', ended_at = now(), station = 'CS-1'");
    const [from, to] = ['2026-01-01T00:00:00Z', '2126-01-01T00:00:00Z'];
    expect(await app.request('POST', '/hook/replay', { from: to, to: from })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/to' }] },
    });
    expect(await app.request('POST', '/hook/replay', { from, to })).toEqual({ status: 202, body: { replayed: 2, more: false } });
    const listed = await app.request<{ items: Shown[] }>('GET', '/hook/deliveries?state=pending&station=CS-1');
    expect(listed.body.items).toHaveLength(2);
  });
});
