import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { CdrApp } from '../../testing/cdr-app';
import { endedTransaction, tariffOf } from '../../testing/ended-transaction';

let app: CdrApp;
beforeAll(async () => {
  app = await CdrApp.start();
});
afterAll(() => app?.close());

describe('/v1/cdrs/{id}/release and waive', () => {
  const held = async (euros: number, change: Partial<EndedTransaction> = {}): Promise<Cdr> => {
    const ended = endedTransaction({ tenant: 'reviewed', energyWh: euros * 1_000, flags: ['energy-doubtful'], ...change });
    await app.billing.bill(ended, Date.now());
    const { body } = await app.request<List>('GET', `/v1/cdrs?review=held&transaction=${ended.id}`, undefined, 'reviewed');
    const [cdr] = body.items;
    if (cdr === undefined) throw new Error('not held');
    return cdr;
  };
  interface List {
    items: Cdr[];
  }
  const decide = (what: string, body: object, key?: string) =>
    app.face.request<Cdr & { code: string; state: string }>('POST', `/v1/cdrs/${what}`, { body, tenant: 'reviewed', key });
  beforeAll(async () => {
    await app.tariffs.add('reviewed', 'day', tariffOf('day', '1'), new Date('2026-01-01T00:00:00Z'));
    await app.tariffs.addTerms('reviewed', { currency: 'EUR', defaultTariff: 'day' }, new Date('2026-01-01T00:00:00Z'));
  });

  it('lists held CDRs apart from issued ones, with the reasons', async () => {
    const { id } = await held(3);
    const [waiting, issued] = [
      await app.request<List>('GET', '/v1/cdrs?review=held', undefined, 'reviewed'),
      await app.request<List>('GET', '/v1/cdrs', undefined, 'reviewed'),
    ];
    expect(waiting.body.items.map((cdr) => [cdr.id, cdr.review?.state, cdr.review?.reasons])).toEqual([[id, 'held', ['energy-doubtful']]]);
    expect(issued.body.items).toEqual([]);
    await decide(`${id}/release`, { reason: 'as the display showed' });
    expect((await app.request<List>('GET', '/v1/cdrs?review=released', undefined, 'reviewed')).body.items).toMatchObject([
      { id, review: { state: 'released', by: 'administrator', reason: 'as the display showed' } },
    ]);
  });

  it('answers a repeat with the same, and 409 to a decision that is not possible any more', async () => {
    const { id } = await held(3);
    const waived = await decide(`${id}/waive`, { reason: 'broken meter' });
    expect(waived).toMatchObject({ status: 200, body: { id, review: { state: 'waived', reason: 'broken meter' } } });
    expect(await decide(`${id}/waive`, { reason: 'again' })).toEqual(waived);
    expect(await decide(`${id}/release`, { reason: 'oh' })).toMatchObject({ status: 409, body: { code: 'conflict', state: 'waived' } });
  });

  it.each([
    [{}, 422],
    [{ reason: '' }, 422],
    [{ reason: '  ' }, 422],
    [{ reason: 'x'.repeat(501) }, 422],
    [{ reason: 'a\u0000b' }, 422],
    [{ reason: 'x', by: 'me' }, 422],
  ])('refuses %j', async (body, status) => {
    const { id } = await held(3);
    expect(await decide(`${id}/release`, body)).toMatchObject({ status });
    expect(await decide(`${id}/waive`, body)).toMatchObject({ status });
  });

  it.each(['not-a-uuid', '00000000-0000-0000-0000-000000000000'])('knows no CDR %s', async (id) => {
    expect(await decide(`${id}/release`, { reason: 'x' })).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await decide(`${id}/waive`, { reason: 'x' })).toMatchObject({ status: 404 });
  });

  it('is refused to another tenant, and to a request without a key', async () => {
    const { id } = await held(3);
    expect(await app.request('POST', `/v1/cdrs/${id}/release`, { reason: 'x' }, 'other')).toMatchObject({ status: 404 });
    expect(await app.face.request('POST', `/v1/cdrs/${id}/release`, { body: { reason: 'x' }, key: null })).toMatchObject({ status: 401 });
  });

  it('refuses an unknown review state', async () => {
    expect(await app.request('GET', '/v1/cdrs?review=hold')).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });
});
