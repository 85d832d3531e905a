import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { CdrApp } from '../../testing/cdr-app';

let app: CdrApp;
beforeAll(async () => {
  app = await CdrApp.start();
});
afterAll(() => app?.close());

describe('/v1/cdrs', () => {
  beforeAll(async () => {
    await app.tariffs.addTerms('default', { currency: 'EUR', defaultTariff: null }, new Date('2026-01-01T00:00:00Z'));
    for (const hour of ['10', '11', '12']) {
      const startedAt = `2026-03-01T${hour}:00:00.000Z`;
      const ended: EndedTransaction = {
        tenant: 'default',
        station: hour === '11' ? 'CS-2' : 'CS-1',
        id: `00000000-0000-5000-8000-0000000000${hour}`,
        evse: 1,
        connector: 1,
        ocppTransactionId: hour,
        idToken: 'TAG',
        state: 'ended',
        startedAt,
        endedAt: startedAt,
        meterStartWh: 0,
        meterStopWh: 0,
        energyWh: 0,
        stopReason: 'Local',
        flags: [],
        revision: 1,
        signedData: [],
        periods: [{ kind: 'idle', startedAt, seconds: 0, energyWh: 0 }],
      };
      await app.billing.bill(ended, Date.now());
    }
  });
  interface List {
    items: Cdr[];
    nextCursor: string | null;
  }

  it.each([
    ['', ['12', '11', '10']],
    ['station=CS-1', ['12', '10']],
    ['transaction=00000000-0000-5000-8000-000000000011', ['11']],
    ['from=2026-03-01T11:00:00Z&to=2026-03-01T12:00:00Z', ['11']],
  ])('lists, the newest session first, by %j', async (query, expected) => {
    const { body } = await app.request<List>('GET', `/v1/cdrs?${query}`);
    expect(body.items.map(({ ocppTransactionId }) => ocppTransactionId)).toEqual(expected);
  });

  it('pages, and shows one to its tenant only', async () => {
    const first = await app.request<List>('GET', '/v1/cdrs?limit=2');
    const second = await app.request<List>('GET', `/v1/cdrs?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map(({ ocppTransactionId }) => ocppTransactionId)).toEqual(['12', '11', '10']);
    const [cdr] = first.body.items;
    expect(await app.request('GET', `/v1/cdrs/${cdr?.id}`)).toEqual({ status: 200, body: cdr });
    expect(await app.request('GET', `/v1/cdrs/${cdr?.id}`, undefined, 'other')).toMatchObject({ status: 404 });
  });

  it('goes on at a cursor of the order of issue that a reader stored with the first version', async () => {
    const stored = 'Aqd5z7Yub2pioKCnLPTzLwtbIjIwMjYtMDEtMDFUMDA6MDA6MDAuMDAwWiIsIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCJd';
    const { status, body } = await app.request<List>('GET', `/v1/cdrs?issuedFrom=2026-01-01T00:00:00Z&cursor=${stored}`);
    expect(status).toBe(200);
    expect(body.items.map(({ ocppTransactionId }) => ocppTransactionId)).toEqual(['10', '11', '12']);
    expect(await app.request('GET', `/v1/cdrs?issuedFrom=2026-01-01T00:00:01Z&cursor=${stored}`)).toMatchObject({ status: 400 });
    expect(await app.request('GET', `/v1/cdrs?cursor=${stored}`)).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
  });

  it('filters by issue and by all else at once', async () => {
    const { body } = await app.request<List>('GET', '/v1/cdrs?issuedFrom=2026-01-01T00:00:00Z&station=CS-1&from=2026-03-01T11:00:00Z');
    expect(body.items.map(({ ocppTransactionId }) => ocppTransactionId)).toEqual(['12']);
    const none = await app.request<List>('GET', '/v1/cdrs?issuedFrom=2026-01-01T00:00:00Z&review=held');
    expect(none.body.items).toEqual([]);
  });

  it.each([
    ['/v1/cdrs?issuedFrom=yesterday', 400],
    ['/v1/cdrs?from=0x', 400],
    ['/v1/cdrs?transaction=x', 400],
    ['/v1/cdrs?station=%00', 400],
    ['/v1/cdrs?cursor=Z2FyYmFnZQ', 400],
    ['/v1/cdrs/not-a-uuid', 404],
    ['/v1/cdrs/00000000-0000-0000-0000-000000000000', 404],
  ])('answers %s with a problem', async (url, status) => {
    expect(await app.request('GET', url)).toMatchObject({
      status,
      body: { code: expect.stringMatching(status === 400 ? /^(bad-request|invalid-cursor)$/ : /^not-found$/) },
    });
  });
});
