import { startHttp, type HttpFixture } from '../../testing/http-fixture.module';

let http: HttpFixture;
let ask: HttpFixture['ask'];
beforeAll(async () => {
  http = await startHttp([['CS-1', 'ocpp1.6']]);
  ({ ask } = http);
});
afterAll(() => http?.close());

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
