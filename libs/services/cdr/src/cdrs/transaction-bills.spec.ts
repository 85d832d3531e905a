import { TRANSACTION_BILLS, type TransactionBills } from '@voltbus/http';
import { CdrApp } from '../testing/cdr-app';
import { endedTransaction, tariffOf } from '../testing/ended-transaction';
import { MAX_CDRS_NAMED, transactionBill } from './domain/transaction-bill';

let app: CdrApp;
let bills: TransactionBills;
beforeAll(async () => {
  app = await CdrApp.start();
  bills = app.face.get<TransactionBills>(TRANSACTION_BILLS);
  await app.tariffs.add('default', 'day', tariffOf('day', '0.50'), new Date(0));
  await app.tariffs.addTerms('default', { currency: 'EUR', defaultTariff: 'day' }, new Date(0));
});
afterAll(() => app?.close());

const DOUBTFUL = ['energy-doubtful'] as const;
const decide = (id: string | null | undefined, decision: 'release' | 'waive') =>
  app.request('POST', `/v1/cdrs/${id}/${decision}`, { reason: 'seen' });
const of = async (id: string) => (await bills.of('default', [id])).get(id);

it('adds up what was issued, with and without tax, through corrections and a waiver', async () => {
  const ended = endedTransaction();
  expect(await of(ended.id)).toBeUndefined();
  await app.billing.bill(ended, 0);
  const charged = await of(ended.id);
  expect(charged).toEqual({
    ...{ cdrs: [expect.any(String)], held: null, isWaived: false },
    cost: { currency: 'EUR', total: '5.00', totalInclTax: '5.95' },
  });
  await app.billing.bill({ ...ended, revision: 2, energyWh: 12_000 }, 0);
  const corrected = await of(ended.id);
  expect(corrected).toMatchObject({ cost: { total: '6.00', totalInclTax: '7.14' } });
  expect(corrected?.cdrs).toHaveLength(3);
  expect(corrected?.cdrs[0]).toBe(charged?.cdrs[0]);
  await decide(corrected?.cdrs.at(-1), 'waive');
  expect(await of(ended.id)).toMatchObject({ held: null, isWaived: false, cost: { total: '0.00', totalInclTax: '0.00' } });
});

it('names the CDR that is held, while the charge before it counts', async () => {
  const ended = endedTransaction();
  await app.billing.bill(ended, 0);
  await app.billing.bill({ ...ended, revision: 2, energyWh: 11_000, flags: [...DOUBTFUL] }, 0);
  const bill = await of(ended.id);
  expect(bill).toMatchObject({ held: expect.any(String) as string, cost: { total: '5.00' } });
  expect(bill?.cdrs).not.toContain(bill?.held);
  await decide(bill?.held, 'release');
  expect(await of(ended.id)).toMatchObject({ held: null, cost: { total: '5.50' } });
});

it('knows no cost while the only CDR is held, and none is charged when that is waived', async () => {
  const ended = endedTransaction({ flags: [...DOUBTFUL] });
  await app.billing.bill(ended, 0);
  const bill = await of(ended.id);
  expect(bill).toEqual({ cdrs: [], held: expect.any(String) as string, isWaived: false, cost: null });
  await decide(bill?.held, 'waive');
  const zero = { currency: 'EUR', total: '0.00', totalInclTax: '0.00' };
  expect(await of(ended.id)).toEqual({ cdrs: [], held: null, isWaived: true, cost: zero });
});

it("answers many at once, and of nobody else's", async () => {
  const [one, other] = [endedTransaction(), endedTransaction({ energyWh: 0 })];
  await app.billing.bill(one, 0);
  await app.billing.bill(other, 0);
  const found = await bills.of('default', [one.id, other.id, '00000000-0000-0000-0000-000000000000']);
  expect([...found].map(([id, { cost }]) => [id, cost?.total])).toEqual(
    expect.arrayContaining([
      [one.id, '5.00'],
      [other.id, '0.00'],
    ]),
  );
  expect(found.size).toBe(2);
  expect((await bills.of('other', [one.id])).size).toBe(0);
  expect((await bills.of('default', [])).size).toBe(0);
});

it('names the last CDRs of very many, and adds up all', () => {
  const issued = Array.from({ length: MAX_CDRS_NAMED + 1 }, (_, nth) => ({
    ...{ id: String(nth), currency: 'KWD', total: '0.001', totalInclTax: '0.002' },
  }));
  const bill = transactionBill({ issued, heldLast: null });
  expect(bill.cdrs).toEqual(issued.slice(1).map(({ id }) => id));
  expect(bill.cost).toEqual({ currency: 'KWD', total: '0.101', totalInclTax: '0.202' });
});
