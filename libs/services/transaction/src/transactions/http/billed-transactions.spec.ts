import type { BilledTransaction } from '@voltbus/contracts';
import type { TransactionBill } from '@voltbus/http';
import { prices } from '../../prices/block';
import { tariff } from '../../prices/testing/price-events';
import { startHttp, type HttpFixture } from '../../testing/http-fixture.module';

let http: HttpFixture;
const begun = Date.now() - 7_200_000;
const at = (minutes: number) => new Date(begun + minutes * 60_000).toISOString();
beforeAll(async () => {
  http = await startHttp([]);
  const store = http.service.storeOf(prices);
  await store.rememberTerms('default', { currency: 'EUR', defaultTariff: 'day', showCost: false }, new Date(0));
  const value = tariff('day', '0.50', { perIdleMinute: '0', fixed: '1', taxPercent: '20' });
  await store.remember('default', { kind: 'tariff', name: 'day', value }, new Date(0));
});
afterAll(() => http?.close());
beforeEach(() => http.bills.clear());

async function startSession(station: string): Promise<{ transactionId: number; id: string }> {
  const start = { connectorId: 1, idTag: 'TAG', meterStart: 1_000, timestamp: at(0) };
  const { transactionId } = await http.receive('StartTransaction', station, start);
  const { body } = await http.face.request<{ items: BilledTransaction[] }>('GET', `/v1/transactions?station=${station}`);
  return { transactionId: Number(transactionId), id: body.items[0]?.id ?? '' };
}

/** It has charged 10 kWh in an hour. */
const stopSession = (station: string, transactionId: number) =>
  http.receive('StopTransaction', station, { transactionId, meterStop: 11_000, timestamp: at(60), reason: 'Local' });

const shown = async (id: string) => (await http.face.request<BilledTransaction>('GET', `/v1/transactions/${id}`)).body;
const NOTHING = { state: 'none', issued: [], held: null };
const [CHARGE, HELD] = ['10327174-955d-5e21-a63c-192e2d069f9a', '0b0e4f5e-6f3c-5c61-8a5e-0a4f4a2f9a11'];
const bill = (more: Partial<TransactionBill>): TransactionBill => ({ cdrs: [], held: null, isWaived: false, cost: null, ...more });
const BILLED = { currency: 'EUR', total: '6.00', totalInclTax: '7.20' };

it('costs so far what its tariff says, while it runs and until it is billed', async () => {
  const { id, transactionId } = await startSession('CS-1');
  expect(await shown(id)).toMatchObject({
    ...{ state: 'active', cdrs: NOTHING },
    cost: { currency: 'EUR', total: '1.00', totalInclTax: '1.20', state: 'running' },
  });
  await stopSession('CS-1', transactionId);
  expect(await shown(id)).toMatchObject({ state: 'ended', cdrs: NOTHING, cost: { ...BILLED, state: 'running' } });
});

it.each<[string, TransactionBill, Pick<BilledTransaction, 'cdrs' | 'cost'>]>([
  [
    'was issued: its sum',
    bill({ cdrs: [CHARGE], cost: BILLED }),
    { cdrs: { state: 'issued', issued: [CHARGE], held: null }, cost: { ...BILLED, state: 'final' } },
  ],
  [
    'is held: the running cost',
    bill({ held: HELD }),
    { cdrs: { state: 'held', issued: [], held: HELD }, cost: { ...BILLED, state: 'running' } },
  ],
  [
    'was issued, while a correction is held: what was issued',
    bill({ cdrs: [CHARGE], held: HELD, cost: { ...BILLED, total: '5.00' } }),
    { cdrs: { state: 'held', issued: [CHARGE], held: HELD }, cost: { ...BILLED, total: '5.00', state: 'final' } },
  ],
  [
    'was waived: nothing',
    bill({ isWaived: true, cost: { currency: 'EUR', total: '0.00', totalInclTax: '0.00' } }),
    {
      cdrs: { state: 'waived', issued: [], held: null },
      cost: { currency: 'EUR', total: '0.00', totalInclTax: '0.00', state: 'final' },
    },
  ],
])('costs, where a CDR %s', async (_what, known, expected) => {
  const { id, transactionId } = await startSession('CS-2');
  await stopSession('CS-2', transactionId);
  http.bills.set(id, known);
  expect(await shown(id)).toMatchObject(expected);
});

it('of a list have their CDRs and final costs by one query, however many they are', async () => {
  for (const station of ['CS-3', 'CS-4', 'CS-5']) await startSession(station);
  const { id, transactionId } = await startSession('CS-6');
  await stopSession('CS-6', transactionId);
  http.bills.set(id, bill({ cdrs: [CHARGE], cost: BILLED }));
  const before = http.billQueries();
  const { body } = await http.face.request<{ items: BilledTransaction[] }>('GET', '/v1/transactions');
  expect(http.billQueries()).toBe(before + 1);
  expect(body.items.length).toBeGreaterThan(3);
  for (const item of body.items) {
    const expected = item.id === id ? { cdrs: { state: 'issued' }, cost: { ...BILLED, state: 'final' } } : { cdrs: NOTHING, cost: null };
    expect(item).toMatchObject(expected);
  }
});

it('costs what was published of it, once its readings are too old to be kept, and nothing is known once its CDRs are', async () => {
  const { id, transactionId } = await startSession('CS-7');
  await stopSession('CS-7', transactionId);
  await http.service.database.query(
    `UPDATE transactions.transactions SET sealed_at = now(), state = state || '{"statedStopWh": null}' WHERE id = $1`,
    [id],
  );
  await http.service.database.query(`DELETE FROM transactions.readings WHERE station = 'CS-7'`);
  expect(await shown(id)).toMatchObject({ cost: { ...BILLED, state: 'running' } });
  await http.service.database.query('UPDATE transactions.transactions SET settled_revision = 1 WHERE id = $1', [id]);
  expect(await shown(id)).toMatchObject({ cdrs: NOTHING, cost: null });
});

it('has no cost while the terms of its tenant are not known', async () => {
  const { id } = await startSession('CS-8');
  await http.service.database.query(`DELETE FROM transactions.terms WHERE tenant = 'default'`);
  expect(await shown(id)).toMatchObject({ state: 'active', cost: null });
});
