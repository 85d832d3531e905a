import type { Transaction } from '@voltbus/contracts';
import { startHttp, type HttpFixture } from './testing/http-fixture.module';

let http: HttpFixture;
let face: HttpFixture['face'];
let sentCommands: HttpFixture['sentCommands'];
beforeAll(async () => {
  http = await startHttp([['CS-1', 'ocpp1.6']]);
  ({ face, sentCommands } = http);
});
afterAll(() => http?.close());

interface List {
  items: Transaction[];
  nextCursor: string | null;
}

const ask = <T = Record<string, unknown>>(
  method: 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST',
  url: string,
  body?: object,
  tenant = 'default',
) => face.request<T>(method, url, { body, tenant });

describe('/v1/tokens', () => {
  it('keeps a token under its identity, without regard to case, and forgets it', async () => {
    const token = {
      idToken: 'Tag/1',
      type: 'ISO15693',
      status: 'Blocked',
      groupId: 'FLEET',
      expiresAt: '2030-01-01T00:00:00.000Z',
      concurrent: true,
      allowedAt: [{ station: 'CS-1', evses: [1, 2] }, { group: 'Depot' }],
      limit: { maxEnergyWh: 5_000, maxCost: '20.00' },
      prepaid: { credit: '12.50' },
    };
    expect(await ask('PUT', '/v1/tokens/Tag%2F1', token)).toEqual({ status: 201, body: token });
    expect(await ask('GET', '/v1/tokens/TAG%2f1')).toEqual({ status: 200, body: token });
    expect(await ask('GET', '/v1/tokens/TAG%2f1', undefined, 'other')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await ask('DELETE', '/v1/tokens/tag%2F1')).toEqual({ status: 204, body: null });
    expect(await ask('DELETE', '/v1/tokens/tag%2F1')).toMatchObject({ status: 404 });
  });

  it.each([
    ['a place that names nothing', [{}]],
    ['no EVSE at all', [{ station: 'CS-1', evses: [] }]],
    ['an EVSE that is none', [{ evses: [0] }]],
    ['a misspelt member', [{ stations: ['CS-1'] }]],
    ['more places than fit', Array.from({ length: 101 }, (_, n) => ({ station: `CS-${n}` }))],
  ])('C01.FR.20: refuses %s where a token may charge', async (_what, allowedAt) => {
    expect(await ask('PUT', '/v1/tokens/PLACED', { status: 'Accepted', allowedAt })).toMatchObject({ status: 422 });
    expect(await ask('GET', '/v1/tokens/PLACED')).toMatchObject({ status: 404 });
  });

  it('fills in what is left out', async () => {
    expect(await ask('PUT', '/v1/tokens/PLAIN', { status: 'Accepted' })).toEqual({
      status: 201,
      body: {
        idToken: 'PLAIN',
        type: 'ISO14443',
        status: 'Accepted',
        groupId: null,
        expiresAt: null,
        concurrent: false,
        allowedAt: [],
        limit: null,
        prepaid: null,
      },
    });
  });

  it('does not turn a blocked card into an accepted one, nor lose what limits it, by leaving it out', async () => {
    const guarded = {
      status: 'Blocked',
      groupId: 'G',
      expiresAt: '2030-01-01T00:00:00.000Z',
      prepaid: { credit: '5.00' },
      limit: { maxSeconds: 60 },
    };
    const allowedAt = [{ station: 'CS-1' }];
    await ask('PUT', '/v1/tokens/GUARDED', { ...guarded, allowedAt });
    const partial = await ask<{ errors: { path: string }[] }>('PUT', '/v1/tokens/guarded', { status: 'Blocked', concurrent: true });
    expect(partial).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(partial.body.errors.map(({ path }) => path)).toEqual(['/groupId', '/expiresAt', '/allowedAt', '/limit', '/prepaid']);
    expect(await ask('GET', '/v1/tokens/GUARDED')).toMatchObject({ status: 200, body: { ...guarded, allowedAt, concurrent: false } });
    const freed = { status: 'Accepted', groupId: null, expiresAt: null, allowedAt: [], limit: null, prepaid: null };
    expect(await ask('PUT', '/v1/tokens/GUARDED', freed)).toMatchObject({ status: 200, body: freed });
    expect(await ask('PUT', '/v1/tokens/GUARDED', { status: 'Accepted' })).toMatchObject({ status: 200, body: freed });
    expect(await ask('PUT', '/v1/tokens/GUARDED', {})).toMatchObject({ status: 422, body: { errors: [{ path: '/status' }] } });
  });

  it.each([
    ['/v1/tokens/A', { status: 'accepted' }, '/status'],
    ['/v1/tokens/A', { expiresAt: 'tomorrow' }, '/expiresAt'],
    ['/v1/tokens/A', { colour: 'red' }, 'colour'],
    ['/v1/tokens/A', { idToken: 'B' }, 'another token'],
    ['/v1/tokens/A', { groupId: 'x\u0000y' }, '/groupId'],
    ['/v1/tokens/A', { limit: {} }, 'limits nothing'],
    ['/v1/tokens/A', { limit: { maxEnergyWh: 0 } }, '/limit/maxEnergyWh'],
    ['/v1/tokens/A', { limit: { maxCost: 5 } }, '/limit/maxCost'],
    ['/v1/tokens/A', { prepaid: { credit: '-1' } }, '/prepaid/credit'],
    ['/v1/tokens/A%00B', {}, 'control characters'],
    [`/v1/tokens/${'A'.repeat(256)}`, {}, '255'],
  ])('refuses PUT %s %j, saying why', async (url, body, why) => {
    const answer = await ask('PUT', url, { status: 'Accepted', ...body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answer.body)).toContain(why);
  });

  it('lists page by page', async () => {
    for (const idToken of ['B-1', 'b-2', 'B-3']) await ask('PUT', `/v1/tokens/${idToken}`, { status: 'Accepted' }, 'listing');
    const first = await ask<{ items: { idToken: string }[]; nextCursor: string }>('GET', '/v1/tokens?limit=2', undefined, 'listing');
    expect(first.body.items.map(({ idToken }) => idToken)).toEqual(['B-1', 'b-2']);
    expect(await ask('GET', `/v1/tokens?limit=2&cursor=${first.body.nextCursor}`, undefined, 'listing')).toMatchObject({
      body: { items: [{ idToken: 'B-3' }], nextCursor: null },
    });
  });
});

describe('GET /v1/tokens', () => {
  beforeAll(async () => {
    const tokens = [
      ['a_1', { status: 'Blocked', groupId: 'Fleet', type: 'ISO15693', expiresAt: '2031-01-01T00:00:00.000Z' }],
      ['A%2', { status: 'Expired', groupId: 'FLEET', expiresAt: '2030-01-01T00:00:00.000Z' }],
      ['b', { status: 'Accepted', groupId: 'other' }],
      ['B,C', { status: 'Accepted' }],
    ] as const;
    for (const [idToken, body] of tokens) await ask('PUT', `/v1/tokens/${encodeURIComponent(idToken)}`, body, 'wallet');
  });

  it.each([
    ['', ['A%2', 'a_1', 'b', 'B,C']],
    ['sort=-idToken', ['B,C', 'b', 'a_1', 'A%2']],
    ['sort=expiresAt', ['A%2', 'a_1', 'b', 'B,C']], // what never expires is the largest
    ['sort=-expiresAt', ['B,C', 'b', 'a_1', 'A%2']],
    ['status=Blocked,Expired', ['A%2', 'a_1']],
    ['status=Accepted&groupId=OTHER', ['b']],
    ['groupId=fleet', ['A%2', 'a_1']],
    ['type=iso15693', ['a_1']],
    ['search=A', ['A%2', 'a_1']],
    ['search=a_', ['a_1']],
    ['search=a%25', ['A%2']],
    ['search=b,c', ['B,C']],
    ['search=%25', []],
  ])('lists by %j', async (query, expected) => {
    const { body } = await ask<{ items: { idToken: string }[]; total: number }>(
      'GET',
      `/v1/tokens?total=true&${query}`,
      undefined,
      'wallet',
    );
    expect(body.items.map(({ idToken }) => idToken)).toEqual(expected);
    expect(body.total).toBe(expected.length);
  });

  it('names the statuses where it is asked for another', async () => {
    const { status, body } = await ask('GET', '/v1/tokens?status=accepted');
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ path: '/status' }] } });
    expect(JSON.stringify(body)).toContain('accepted is none of Accepted, Blocked, Expired, Invalid');
  });
});

describe('/v1/transactions', () => {
  const begun = Date.now() - 3_600_000;
  const at = (minutes: number) => new Date(begun + minutes * 60_000).toISOString();

  beforeAll(async () => {
    const { table } = http.service;
    const send = async (action: string, station: string, payload: object): Promise<Record<string, unknown>> => {
      const handler = table.ocpp16[action];
      const message = {
        ref: { tenant: 'default', station },
        protocol: 'ocpp1.6',
        action,
        messageId: 'm',
        payload: payload as never,
        receivedAt: new Date(),
        registration: 'accepted',
        returnTo: { inst: 'gw', bucket: 0, epoch: 1 },
        checked: 'strict',
        awaited: true,
        leniency: [],
      } as const;
      if (handler?.shape === 'key') return { ...(await handler.decide(message)).payload };
      await handler?.store([message]);
      return {};
    };
    for (const [minute, station] of [
      [0, 'CS-1'],
      [1, 'CS-2'],
      [2, 'CS-1'],
    ] as const) {
      const { transactionId } = await send('StartTransaction', station, {
        connectorId: minute + 1,
        idTag: `TAG-${minute}`,
        meterStart: 1000,
        timestamp: at(minute),
      });
      const meterValue = [5, 6, 7].map((later) => ({ timestamp: at(later), sampledValue: [{ value: String(1000 + later) }] }));
      await send('MeterValues', station, { connectorId: minute + 1, transactionId, meterValue });
      if (minute === 0) await send('StopTransaction', station, { transactionId, meterStop: 2000, timestamp: at(30) });
    }
  });

  it.each([
    ['', ['TAG-2', 'TAG-1', 'TAG-0']],
    ['station=CS-1', ['TAG-2', 'TAG-0']],
    ['state=active', ['TAG-2', 'TAG-1']],
    ['state=ended', ['TAG-0']],
    ['idToken=tag-1', ['TAG-1']],
    [`from=${at(1)}`, ['TAG-2', 'TAG-1']],
    [`to=${at(1)}`, ['TAG-0']],
    ['state=ended,active&station=CS-2,CS-3&idToken=TAG-0,TAG-1', ['TAG-1']],
    ['sort=startedAt', ['TAG-0', 'TAG-1', 'TAG-2']],
    ['sort=endedAt&limit=1', ['TAG-0']], // what has no end is the largest
    ['sort=-endedAt&state=ended', ['TAG-0']],
  ])('lists, the newest first, by %j', async (query, expected) => {
    const { body } = await ask<List>('GET', `/v1/transactions?${query}`);
    expect(body.items.map(({ idToken }) => idToken)).toEqual(expected);
  });

  it('lists those that have any of the flags, with their number', async () => {
    const { body } = await ask<List>('GET', '/v1/transactions');
    const of = (...flags: string[]) => body.items.filter((one) => one.flags.some((flag) => flags.includes(flag))).map(({ id }) => id);
    expect(of('unknown-token').length).toBeGreaterThan(0);
    for (const flags of [['unknown-token'], ['gap', 'unknown-token'], ['clock']]) {
      const found = await ask<List & { total: number }>('GET', `/v1/transactions?total=true&flag=${flags.join()}`);
      expect(found.body.items.map(({ id }) => id)).toEqual(of(...flags));
      expect(found.body.total).toBe(of(...flags).length);
    }
  });

  it('pages through transactions and through the readings of one', async () => {
    const first = await ask<List>('GET', '/v1/transactions?limit=2');
    const second = await ask<List>('GET', `/v1/transactions?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map(({ idToken }) => idToken)).toEqual(['TAG-2', 'TAG-1', 'TAG-0']);
    expect(second.body.nextCursor).toBeNull();
    const url = `/v1/transactions/${first.body.items[0]?.id}/meter-values?limit=2`;
    const some = await ask<{ items: { energyWh: number }[]; nextCursor: string }>('GET', url);
    const rest = await ask<{ items: { energyWh: number }[] }>('GET', `${url}&cursor=${some.body.nextCursor}`);
    expect([...some.body.items, ...rest.body.items].map(({ energyWh }) => energyWh)).toEqual([1005, 1006, 1007]);
  });

  it('shows one, to its tenant only', async () => {
    const { body } = await ask<List>('GET', '/v1/transactions?state=ended');
    const id = body.items[0]?.id;
    expect(await ask('GET', `/v1/transactions/${id}`)).toEqual({ status: 200, body: body.items[0] });
    expect(body.items[0]).toMatchObject({
      evse: 1,
      connector: 1,
      meterStartWh: 1000,
      meterStopWh: 2000,
      energyWh: 1000,
      stopReason: 'Local',
    });
    expect(await ask('GET', `/v1/transactions/${id}`, undefined, 'other')).toMatchObject({ status: 404 });
    expect(await ask('GET', `/v1/transactions/${id}/meter-values`, undefined, 'other')).toMatchObject({ status: 404 });
  });

  it.each([
    ['/v1/transactions?from=yesterday', 400],
    ['/v1/transactions?state=over', 400],
    ['/v1/transactions?station=%00', 400],
    ['/v1/transactions?limit=0', 400],
    ['/v1/transactions?cursor=%00garbage', 400],
    ['/v1/transactions?cursor=Z2FyYmFnZQ', 400],
    ['/v1/transactions/not-a-uuid', 404],
    ['/v1/transactions/00000000-0000-0000-0000-000000000000', 404],
    ['/v1/transactions/00000000-0000-0000-0000-000000000000/meter-values', 404],
  ])('answers %s with a problem', async (url, status) => {
    expect(await ask('GET', url)).toMatchObject({
      status,
      body: { code: expect.stringMatching(status === 400 ? /^(bad-request|invalid-cursor)$/ : /^not-found$/) },
    });
  });

  it('F01, F03 starts and stops from afar through the command door', async () => {
    sentCommands.length = 0;
    const start = await ask<{ id: string }>('POST', '/v1/stations/CS-1/remote-start', { idToken: 'TAG-0', evse: 2 });
    expect(start).toMatchObject({ status: 202, body: { status: 'queued', action: 'RemoteStartTransaction' } });
    expect(await ask('GET', `/v1/remote-starts/${start.body.id}`)).toMatchObject({
      status: 200,
      body: { command: start.body.id, station: 'CS-1', idToken: 'TAG-0', evse: 2, state: 'waiting', refusal: null, transaction: null },
    });
    expect(await ask('GET', '/v1/remote-starts/00000000-0000-0000-0000-000000000000')).toMatchObject({ status: 404 });
    const { body } = await ask<List>('GET', '/v1/transactions?state=active&station=CS-1');
    const [active] = body.items;
    expect(await ask('POST', `/v1/transactions/${active?.id}/remote-stop`, {})).toMatchObject({
      status: 202,
      body: { action: 'RemoteStopTransaction' },
    });
    expect(sentCommands.map(({ ref, payload }) => [ref.station, payload])).toEqual([
      ['CS-1', { idTag: 'TAG-0', connectorId: 2 }],
      ['CS-1', { transactionId: Number(active?.ocppTransactionId) }],
    ]);
    expect(await ask('POST', '/v1/stations/CS-1/remote-start', { evse: 0 })).toMatchObject({ status: 422, body: { code: 'invalid' } });
    const ended = await ask<List>('GET', '/v1/transactions?state=ended');
    expect(await ask('POST', `/v1/transactions/${ended.body.items[0]?.id}/remote-stop`)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
  });
});

describe('remote starts and stops that are asked for again', () => {
  const again = <T = { id: string }>(url: string, key: string, body: object = {}) =>
    face.request<T>('POST', url, { body, tenant: 'default', headers: { 'idempotency-key': key } });

  it('are the same by their Idempotency-Key; with another body it is a conflict', async () => {
    const url = '/v1/stations/CS-1/remote-start';
    const first = await again(url, 'start-1', { idToken: 'TAG-AGAIN', evse: 1 });
    expect(first).toMatchObject({ status: 202 });
    expect(await again(url, 'start-1', { idToken: 'TAG-AGAIN', evse: 1 })).toEqual(first);
    expect(await again(url, 'start-1', { idToken: 'TAG-AGAIN', evse: 2 })).toMatchObject({
      status: 409,
      body: { code: 'idempotency-key-reused' },
    });
    expect((await again(url, 'start-2', { idToken: 'TAG-AGAIN', evse: 1 })).body.id).not.toBe(first.body.id);
  });

  it('stop a transaction by one command', async () => {
    const { body } = await ask<List>('GET', '/v1/transactions?state=active&station=CS-1');
    const url = `/v1/transactions/${body.items[0]?.id}/remote-stop`;
    expect(await again(url, 'stop-1')).toEqual(await again(url, 'stop-1'));
  });

  it.each(['', 'x'.repeat(256)])('refuse the key %j', async (key) => {
    expect(await again('/v1/stations/CS-1/remote-start', key, { idToken: 'TAG-0' })).toMatchObject({
      status: 400,
      body: { code: 'bad-request' },
    });
  });
});

describe('/v1/stations/{station}/local-list', () => {
  const path = '/v1/stations/CS-1/local-list';

  it('is off until an operator wants it, and then shows how it stands', async () => {
    const off = { station: 'CS-1', mode: 'off', entriesPerMessage: 100, desiredVersion: null, reportedVersion: null, state: 'off' };
    const stationSays = { available: null, enabled: null, maxEntries: null, entriesPerMessage: null, bytesPerMessage: null };
    const nothing = { lastOutcome: null, changedAt: null, entries: 0, stationSays };
    expect(await ask('GET', path)).toEqual({ status: 200, body: { ...off, ...nothing } });
    expect(await ask('POST', `${path}/sync`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await ask('PUT', '/v1/tokens/LISTED', { status: 'Accepted' }, 'lists');
    const on = { mode: 'tokens', state: 'pending', desiredVersion: 2, reportedVersion: null, entries: 1 };
    expect(await ask('PUT', path, { mode: 'tokens', entriesPerMessage: 20 }, 'lists')).toMatchObject({ status: 200, body: on });
    expect(await ask('POST', `${path}/sync`, undefined, 'lists')).toMatchObject({ status: 202, body: { ...on, entriesPerMessage: 20 } });
    expect(await ask('PATCH', path, { mode: 'off' }, 'lists')).toMatchObject({ body: { ...off, entriesPerMessage: 20 } });
    expect(await ask('GET', path)).toMatchObject({ body: off });
  });

  it.each([[{ mode: 'all' }], [{}], [{ mode: 'tokens', entriesPerMessage: 0 }], [{ mode: 'tokens', entriesPerMessage: 501 }]])(
    'refuses %j',
    async (body) => expect(await ask('PUT', path, body)).toMatchObject({ status: 422, body: { code: 'invalid' } }),
  );
});
