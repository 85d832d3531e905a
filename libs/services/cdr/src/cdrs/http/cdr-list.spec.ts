import type { Cdr } from '@voltbus/contracts';
import { CursorSeal, expectListed, type FilterCases } from '@voltbus/http/testing';
import { CdrApp } from '../../testing/cdr-app';
import { endedTransaction } from '../../testing/ended-transaction';

let app: CdrApp;
beforeAll(async () => {
  app = await CdrApp.start();
  await app.tariffs.addTerms('default', { currency: 'EUR', defaultTariff: null }, new Date('2026-01-01T00:00:00Z'));
});
afterAll(() => app?.close());

interface Body {
  items: Cdr[];
  nextCursor: string | null;
  resumeCursor?: string;
  total?: number;
  errors?: { path: string; message: string }[];
}
const list = (query: string) => app.request<Body>('GET', `/v1/cdrs?${query}`);

const HOURS = ['08', '09', '10'];
const day = (n: number) => `2026-03-0${(n % 3) + 1}`;
/** Sessions of which many start or end at the same time. */
const SESSIONS = Array.from({ length: 40 }, (_, n) =>
  endedTransaction({
    id: `00000000-0000-5000-8000-0000000000${String(n).padStart(2, '0')}`,
    station: `CS-${n % 4}`,
    idToken: n % 5 === 0 ? null : n % 2 === 0 ? 'Tag-A' : 'TAG-a',
    startedAt: `${day(n)}T${HOURS[n % 2] ?? ''}:00:00.000Z`,
    endedAt: `${day(n)}T1${n % 4}:00:00.000Z`,
    flags: n % 6 === 0 ? ['clock', 'gap'] : n % 6 === 1 ? ['gap'] : [],
  }),
);

let all: Cdr[] = [];
beforeAll(async () => {
  for (const [n, session] of SESSIONS.entries()) {
    await app.billing.bill(session, Date.now());
    if (n % 8 === 0) await app.billing.bill({ ...session, revision: 2, energyWh: 77 }, Date.now());
  }
  // read from the table itself: the oracle does not go by the list
  all = (await app.database.query<{ body: Cdr }[]>('SELECT body FROM cdr.cdrs')).map(({ body }) => body);
  expect(all).toHaveLength(50);
});

const FILTERS: FilterCases<Cdr> = {
  station: [
    ['CS-1', ({ station }) => station === 'CS-1'],
    ['CS-1,CS-2,CS-9', ({ station }) => station === 'CS-1' || station === 'CS-2'],
  ],
  transaction: [[SESSIONS[8]?.id ?? '', ({ transaction }) => transaction === SESSIONS[8]?.id]],
  idToken: [['tag-a', ({ idToken }) => idToken !== null]],
  kind: [
    ['credit', ({ kind }) => kind === 'credit'],
    ['charge', ({ kind }) => kind === 'charge'],
  ],
  flag: [
    ['clock', ({ flags }) => flags.includes('clock')],
    ['clock,gap', ({ flags }) => flags.includes('gap')],
    ['no-tariff', ({ flags }) => flags.includes('no-tariff')],
    ['concurrent', () => false],
  ],
  review: [
    ['none', () => true],
    ['released,none', () => true],
    ['held,superseded', () => false],
  ],
  currency: [
    ['EUR', () => true],
    ['CHF', () => false],
  ],
  from: [['2026-03-02T00:00:00+00:00', ({ startedAt }) => startedAt >= '2026-03-02']],
  to: [['2026-03-03T00:00:00Z', ({ startedAt }) => startedAt < '2026-03-03']],
};
const by = (keyOf: (cdr: Cdr) => string) => (a: Cdr, b: Cdr) => (`${keyOf(a)} ${a.id}` < `${keyOf(b)} ${b.id}` ? -1 : 1);
const ORDERS = { startedAt: by(({ startedAt }) => startedAt), endedAt: by(({ endedAt }) => endedAt) };

describe('GET /v1/cdrs', () => {
  it('gives exactly the CDRs that pass all filters, in order, over all its pages', async () => {
    await expectListed({ all, filters: FILTERS, orders: ORDERS, idOf: ({ id }) => id, list, largestPage: 60, runs: 40 });
  });

  it.each([
    ['flag=odd', '/flag', 'odd is none of clock'],
    ['kind=debit', '/kind', 'debit is none of charge, credit'],
    ['currency=euro', '/currency', 'is no currency'],
    ['review=open', '/review', 'open is none of none, held'],
    ['sort=energyWh', '/sort', 'is none of startedAt, -startedAt, endedAt, -endedAt'],
  ])('refuses %s with 400, saying why', async (query, path, why) => {
    const { status, body } = await list(query);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path, message: expect.stringContaining(why) as string }]);
  });

  it('in the order of issue has totals and chosen members as well, and no other order', async () => {
    const bySeq = all.toSorted((a, b) => ((a.issuedAt ?? '') < (b.issuedAt ?? '') ? -1 : 1)).filter(({ kind }) => kind === 'credit');
    const url = 'issuedFrom=2026-01-01T00:00:00Z&kind=credit&fields=kind';
    const first = (await list(`${url}&limit=2&total=true`)).body;
    expect(first).toMatchObject({ total: 5, items: bySeq.slice(0, 2).map(({ id, kind }) => ({ id, kind })) });
    const rest = (await list(`${url}&cursor=${first.resumeCursor}`)).body;
    expect(rest.items.map(({ id }) => id)).toEqual(bySeq.slice(2).map(({ id }) => id));
    expect(await list(`${url}&sort=startedAt`)).toMatchObject({ status: 400, body: { errors: [{ path: '/sort' }] } });
  });

  it.each([
    '["x","y"]',
    '["2026-01-01T00:00:00Z"]',
    '[]',
    '["2026-01-01T00:00:00Z","00000000-0000-0000-0000-000000000000","z"]',
    '["\\u0000",""]',
  ])('refuses %s in a cursor whose seal is public', async (position) => {
    const seal = new CursorSeal('any pepper');
    for (const query of ['issuedFrom=2026-01-01T00:00:00Z', 'station=CS-1']) {
      const filters = query.split('=') as [string, string];
      const cursor = seal.closeDurably(position, JSON.stringify(['/v1/cdrs', 'default', [], [filters]]));
      expect(await list(`${query}&cursor=${cursor}`)).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
    }
  });
});
