import type { Command } from '@voltbus/contracts';
import { RouterApp } from '../../testing/router-app';

let app: RouterApp;
beforeAll(async () => {
  app = await RouterApp.start();
});
afterAll(() => app?.close());

const reset = { action: 'Reset', payload: { type: 'Soft' } };

describe('POST /v1/stations/{station}/commands', () => {
  beforeEach(() => {
    app.outcome = { kind: 'answered', response: { status: 'Accepted' } };
  });

  it('waits for the result as long as the caller wants to', async () => {
    const { status, body } = await app.command({ ...reset, wait: 10 });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'answered', response: { status: 'Accepted' }, station: 'CS/1' },
    });
    expect(await app.request(`/v1/commands/${body.id}`)).toEqual({ status: 200, body });
    expect(await app.request(`/v1/commands/${body.id}`, { tenant: 'other' })).toMatchObject({ status: 404 });
  });

  it('answers 202 with the command as it is when the wait ends before the result', async () => {
    app.outcome = { kind: 'sent' };
    let { status, body } = await app.command({ ...reset, wait: 0.3 });
    if (body.status === 'queued') ({ status, body } = await app.command({ ...reset, wait: 10 })); // a busy machine had not sent it by then
    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'sent', endedAt: null } });
  });

  it('answers 202 at once without a wait', async () => {
    expect(await app.command(reset)).toMatchObject({ status: 202, body: { status: 'queued', response: null, sentAt: null } });
  });

  it('answers offline for a station that no gateway holds', async () => {
    expect(await app.command({ ...reset, wait: 10 }, {}, 'CS-AWAY')).toMatchObject({ status: 200, body: { status: 'offline' } });
    expect(await app.command(reset, {}, 'CS-AWAY')).toMatchObject({ status: 202, body: { status: 'offline' } });
  });

  it('treats the same key with the same body as the same command, which reaches the station once', async () => {
    const first = await app.command({ ...reset, wait: 10 }, { idempotencyKey: 'one' });
    const again = await app.command({ payload: { type: 'Soft' }, action: 'Reset' }, { idempotencyKey: 'one' });
    expect(again).toEqual({ status: 202, body: first.body });
    expect(app.reached.filter((id) => id === first.body.id)).toHaveLength(1);
    const other = await app.command({ ...reset, payload: { type: 'Hard' } }, { idempotencyKey: 'one' });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } });
    expect(await app.command(reset, { idempotencyKey: 'one' }, 'CS-2')).toMatchObject({ status: 409 });
    expect(await app.command(reset, { idempotencyKey: 'one', tenant: 'other' })).toMatchObject({
      status: 202,
      body: { tenant: 'other', status: 'offline' },
    });
  });

  it('answers a repeat with its command also while the registry is away, or when the station has come back in another version', async () => {
    const ref = { tenant: 'default', station: 'CS-CHANGES' };
    const by = { inst: 'gw', bucket: 0, lastSeenAt: 0 };
    await app.connections.acquire(ref, { ...by, protocol: 'ocpp1.6' });
    const first = await app.command({ ...reset, wait: 10 }, { idempotencyKey: 'again' }, 'CS-CHANGES');
    expect(first).toMatchObject({ status: 200 });
    await app.connections.acquire(ref, { ...by, protocol: 'ocpp2.1' });
    expect((await app.command(reset, { idempotencyKey: 'again' }, 'CS-CHANGES')).body).toEqual(first.body);
    app.connections.setAvailable(false);
    expect((await app.command(reset, { idempotencyKey: 'again' }, 'CS-CHANGES')).body).toEqual(first.body);
    app.connections.setAvailable(true);
  });

  it('answers both of two at the same time with the one command', async () => {
    const both = await Promise.all([1, 2].map(() => app.command({ ...reset, wait: 10 }, { idempotencyKey: 'twice' })));
    expect(both[0]).toEqual(both[1]);
    expect(app.reached.filter((id) => id === both[0]?.body.id)).toHaveLength(1);
  });

  it.each([
    [{ action: 'Reset', payload: { type: 'Sideways' } }, '/payload/type'],
    [{ action: 'Reset', payload: {} }, '/payload/type'],
    [{ action: 'BootNotification', payload: {} }, '/action'],
    [{ action: 'Explode' }, '/action'],
    [{ action: 'Reset', payload: [] }, '/payload'],
    [{ payload: {} }, '/action'],
    [{ ...reset, wait: 61 }, '/wait'],
    [{ ...reset, priority: 10 }, '/priority'],
    [{ ...reset, ttl: -1 }, '/ttl'],
    [{ ...reset, urgent: true }, 'urgent'],
  ])('refuses %j, naming %s', async (body, path) => {
    const answered = await app.command(body);
    expect(answered).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answered.body)).toContain(path);
  });

  it.each([
    ['CS%2F1', { action: 'ChangeConfiguration', payload: { key: 'AuthorizationKey', value: '0123456789abcdef' } }],
    ['CS-AWAY', { action: 'SetVariables', payload: { setVariableData: [{ variable: { name: 'basicAuthPassword' } }] } }],
    ['CS-AWAY', { action: 'SetNetworkProfile', payload: { connectionData: { vpn: { key: 'k' } } } }],
  ])('refuses the secret of %s in %j and stores nothing of it', async (station, body) => {
    const before = await stored();
    expect(await app.command(body, {}, station)).toMatchObject({ status: 409, body: { code: 'secret-in-command' } });
    expect(await stored()).toBe(before);
  });

  it('answers 503 while the registry is away, and stores nothing', async () => {
    const before = await stored();
    app.connections.setAvailable(false);
    expect(await app.command(reset)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    app.connections.setAvailable(true);
    expect(await stored()).toBe(before);
  });

  it('answers 503 while the bus is away, and stores nothing; a command that may wait for its station is stored, and a repeat is answered', async () => {
    const sent = await app.command(reset, { idempotencyKey: 'before the bus left' });
    const before = await stored();
    const away = jest.spyOn(app.bus, 'available', 'get').mockReturnValue(false);
    expect(await app.command({ ...reset, wait: 60 })).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(await stored()).toBe(before);
    const again = await app.command(reset, { idempotencyKey: 'before the bus left' });
    expect([again.status, again.body.id]).toEqual([sent.status, sent.body.id]);
    expect(await app.command({ ...reset, ttl: 60 })).toMatchObject({ status: 202, body: { status: 'queued' } });
    away.mockRestore();
  });

  it('B05.FR.11, B06.FR.05: refuses what is more than the station takes in one message, and sends nothing', async () => {
    app.fault = { path: '/key', message: 'has 5 items' };
    const reached = app.reached.length;
    const answer = await app.command({ action: 'GetConfiguration', payload: { key: ['a'] } });
    app.fault = null;
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid', errors: [{ path: '/payload/key', message: 'has 5 items' }] } });
    expect(app.reached).toHaveLength(reached);
  });

  it.each([['CS%00'], ['x'.repeat(49)]])('refuses station %j', async (station) => {
    expect(await app.command(reset, {}, station)).toMatchObject({ status: 422 });
  });

  it('refuses a key that cannot be one', async () => {
    expect(await app.command(reset, { idempotencyKey: 'x'.repeat(256) })).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });
});

describe('POST /v1/commands/{id}/cancel', () => {
  it('cancels a command that waits for its station, and answers 409 when it is too late', async () => {
    const { id } = (await app.command({ ...reset, ttl: 60 }, {}, 'CS-AWAY')).body;
    const cancel = (of: string, tenant = 'default') => app.request(`/v1/commands/${of}/cancel`, { method: 'POST', tenant });
    expect(await cancel(id, 'other')).toMatchObject({ status: 404 });
    expect(await cancel(id)).toMatchObject({ status: 200, body: { id, status: 'cancelled' } });
    expect(await app.request(`/v1/commands/${id}`)).toMatchObject({ body: { status: 'cancelled' } });
    const { id: ended } = (await app.command(reset, {}, 'CS-AWAY')).body;
    expect(await cancel(ended)).toMatchObject({ status: 409, body: { code: 'too-late' } });
    expect(await cancel('not-a-uuid')).toMatchObject({ status: 404 });
  });
});

describe('GET /v1/commands', () => {
  it('pages through the commands of a station, the newest first', async () => {
    const ids: string[] = [];
    for (let many = 0; many < 3; many++) ids.unshift((await app.command(reset, {}, 'CS-LIST')).body.id);
    interface List {
      items: Command[];
      nextCursor: string | null;
    }
    const first = await app.request<List>('/v1/commands?station=CS-LIST&limit=2');
    const second = await app.request<List>(`/v1/commands?station=CS-LIST&limit=2&cursor=${first.body.nextCursor}`);
    const listed = [...first.body.items, ...second.body.items];
    expect(listed.map(({ id }) => id).sort()).toEqual([...ids].sort());
    const times = listed.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(second.body.nextCursor).toBeNull();
    expect((await app.request<List>('/v1/commands?station=CS-LIST', { tenant: 'other' })).body.items).toEqual([]);
  });

  it('filters by station, status and action, and follows the order that is given', async () => {
    app.outcome = { kind: 'answered', response: { status: 'Accepted' } };
    const ids: Record<string, string> = {};
    for (const [name, action, payload, station] of [
      ['reset', 'Reset', { type: 'Soft' }, 'CS%2F1'],
      ['clear', 'ClearCache', {}, 'CS%2F1'],
      ['away', 'ClearCache', {}, 'CS-AWAY'],
    ] as const)
      ids[name] = (await app.command({ action, payload, wait: 10 }, { tenant: name === 'away' ? 'sorted' : 'default' }, station)).body.id;
    for (const name of ['waits', 'last'])
      ids[name] = (await app.command({ ...reset, ttl: name === 'waits' ? 60 : 0 }, { tenant: 'sorted' }, 'CS-AWAY')).body.id;
    const list = async (query: string, tenant = 'default') => {
      const { body } = await app.request<{ items: Command[] }>(`/v1/commands?limit=200&${query}`, { tenant });
      return body.items.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id)).filter((name) => name !== undefined);
    };
    expect(await list('status=answered')).toEqual(['clear', 'reset']);
    expect(await list('status=answered&action=Reset&sort=createdAt')).toEqual(['reset']);
    expect(await list('station=CS/1,CS-2&action=ClearCache,UnlockConnector')).toEqual(['clear']);
    expect(await list('status=queued,sent', 'sorted')).toEqual(['waits']);
    expect(await list('sort=endedAt', 'sorted')).toEqual(['away', 'last', 'waits']); // what has not ended is the largest
    expect(await list('sort=-endedAt', 'sorted')).toEqual(['waits', 'last', 'away']);
  });

  it.each([
    ['/v1/commands?action=Explode', 400],
    ['/v1/commands?action=BootNotification', 400],
    ['/v1/commands?status=done', 400],
    ['/v1/commands?cursor=Z2FyYmFnZQ', 400],
    ['/v1/commands?station=%00', 400],
    ['/v1/commands/not-a-uuid', 404],
    ['/v1/commands/00000000-0000-0000-0000-000000000000', 404],
  ])('answers %s with a problem', async (url, status) => {
    expect(await app.request(url)).toMatchObject({
      status,
      body: { code: expect.stringMatching(status === 400 ? /^(bad-request|invalid-cursor)$/ : /^not-found$/) },
    });
  });
});

async function stored(): Promise<number> {
  const rows: { count: string }[] = await app.database.query('SELECT count(*) FROM router.commands');
  return Number(rows[0]?.count);
}
