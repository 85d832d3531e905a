import type { Subscription } from '@voltbus/bus';
import { CDRS, CDR_REVIEWS, type Cdr, type EndedTransaction, type HeldCdr } from '@voltbus/contracts';
import { TopicRecorder, listed } from '@voltbus/testing';
import { endedTransaction } from '../testing/ended-transaction';
import { startRunningCdr, type RunningCdr } from '../testing/running-cdr';

let service: RunningCdr;
let reader: Subscription;
const cdrs = new TopicRecorder(({ headers, value }) => ({
  type: headers['ce_type']?.toString() ?? '',
  value: JSON.parse(value.toString()) as Cdr,
}));

beforeAll(async () => {
  service = await startRunningCdr();
  reader = await service.bus.follow({ name: 'another team', topic: CDRS, handle: cdrs.record });
});
afterAll(async () => {
  await reader?.close();
  await service?.close();
});

const ended = endedTransaction({ id: '00000000-0000-5000-8000-000000000001' });

it('bills the ended transactions of known tenants, and publishes CDRs and corrections on csms.cdrs.v1 in order', async () => {
  await service.publishTransaction({ ...ended, state: 'active' }, 'started');
  const waiting = service.publishTransaction(ended); // its tenant is not known yet: it waits and is not lost
  await service.publishTenant({ tenant: 'default', currency: 'EUR', defaultTariff: null });
  await waiting;
  await cdrs.count(1);
  await service.publishTransaction(ended);
  await service.publishTransaction({ ...ended, revision: 2, energyWh: 9000, meterStopWh: 9000 });
  await cdrs.count(3);
  expect(cdrs.items.map(({ type, value: { revision, energyWh } }) => [type, revision, energyWh])).toEqual([
    ['voltbus.cdr.issued', 1, 10_000],
    ['voltbus.cdr.credited', 2, -10_000],
    ['voltbus.cdr.issued', 2, 9000],
  ]);
  expect(service.metrics.observed('cdr_delay_seconds')).toEqual([expect.any(Number), expect.any(Number)]); // of each revision that was billed, once
  expect(service.service.trouble()).toBeNull();
});

it('holds a CDR that its tenant wants reviewed, publishes that on csms.internal.cdr-reviews.v1, and the CDR when it is released', async () => {
  const held = new TopicRecorder(
    ({ headers, value }) => [headers['ce_type']?.toString(), JSON.parse(value.toString()) as HeldCdr] as const,
  );
  const listener = await service.bus.follow({ name: 'transaction', topic: CDR_REVIEWS, handle: held.record });
  const before = cdrs.items.length;
  await service.publishTenant({ tenant: 'default', currency: 'EUR', defaultTariff: null, reviewFlags: ['gap'] });
  const odd: EndedTransaction = { ...ended, id: '00000000-0000-5000-8000-000000000002', flags: ['gap'] };
  await service.publishTransaction(odd);
  const [type, value] = await held.first(({ 1: { transaction } }) => transaction === odd.id);
  expect([type, value.reasons]).toEqual(['voltbus.cdr.held', ['gap']]);
  await service.reviews.release('default', value.cdr, { by: 'key', reason: 'seen' });
  await cdrs.count(before + 1);
  expect(cdrs.items.slice(before).map((cdr) => [cdr.type, cdr.value.transaction])).toEqual([['voltbus.cdr.issued', odd.id]]);
  await listener.close();
});

it('bills no transaction that has only started or changed', async () => {
  const running = endedTransaction();
  await service.publishTransaction({ ...running, state: 'active' }, 'started');
  await service.publishTransaction({ ...running, state: 'active' }, 'updated');
  expect(await listed(service.cdrs.list('default'), { transaction: [running.id] }, 'startedAt')).toEqual([]);
});

it('bills a transaction of a deleted tenant by its last terms', async () => {
  await service.publishTenant({ tenant: 'deleted', currency: 'NOK', defaultTariff: null });
  await service.publishTenant({ tenant: 'deleted' }, 'deleted');
  expect(await service.cdrsOf(endedTransaction({ tenant: 'deleted' }))).toMatchObject([{ cost: { currency: 'NOK' } }]);
});
