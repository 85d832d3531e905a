import { MemoryBus, type Subscription } from '@voltbus/bus';
import { CDRS, CDR_REVIEWS, TENANTS, TRANSACTIONS, toCloudEventHeaders, type Cdr, type HeldCdr, type Topic } from '@voltbus/contracts';
import { TopicRecorder, freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { accountOf } from './account-fixture';
import { openService, type Service } from './wiring';
import { CdrWorker } from './worker';

let bus: MemoryBus;
let service: Service;
let worker: CdrWorker;
let reader: Subscription;
let drop: () => Promise<void>;
const cdrs: { type: string; value: Cdr }[] = [];
const metrics = testMetrics();
let heard: () => void = () => undefined;

beforeAll(async () => {
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const database = await freshDatabase();
  drop = database.drop;
  service = await openService({ url: database.url, poolSize: 4, bus, logger: silentLogger, metrics });
  worker = new CdrWorker({ service, bus });
  reader = await bus.follow({
    name: 'another team',
    topic: CDRS,
    handle({ headers, value }) {
      cdrs.push({ type: headers['ce_type']?.toString() ?? '', value: JSON.parse(value.toString()) as Cdr });
      heard();
    },
  });
  await worker.start();
});
afterAll(async () => {
  await worker?.stop();
  await reader?.close();
  await bus.close();
  await service.database.destroy();
  await drop();
});

function publish(topic: Topic, type: string, value: object): Promise<void> {
  const time = new Date().toISOString();
  const headers = toCloudEventHeaders({ id: 'id', type, source: '/voltbus/spec', time, subject: 'default/CS-1', tenant: 'default' });
  return bus.publish(topic, { key: 'default/CS-1', value: Buffer.from(JSON.stringify(value)), headers });
}
function nextCdrs(count: number): Promise<void> {
  return new Promise((resolve) => {
    heard = () => cdrs.length >= count && resolve();
    heard();
  });
}
const account = accountOf({ id: '00000000-0000-5000-8000-000000000001' });

it('hears of tenants and ended transactions on their topics, and tells CDRs and corrections on csms.cdrs.v1 in order', async () => {
  await publish(TRANSACTIONS, 'voltbus.transaction.started', { ...account, state: 'active' });
  const waiting = publish(TRANSACTIONS, 'voltbus.transaction.ended', account); // its tenant is not known yet: it waits and is not lost
  await publish(TENANTS, 'voltbus.tenant.changed', { tenant: 'default', currency: 'EUR', defaultTariff: null });
  await waiting;
  await nextCdrs(1);
  await publish(TRANSACTIONS, 'voltbus.transaction.ended', account);
  await publish(TRANSACTIONS, 'voltbus.transaction.ended', { ...account, revision: 2, energyWh: 9000, meterStopWh: 9000 });
  await nextCdrs(3);
  expect(cdrs.map(({ type, value: { revision, energyWh } }) => [type, revision, energyWh])).toEqual([
    ['voltbus.cdr.issued', 1, 10_000],
    ['voltbus.cdr.credited', 2, -10_000],
    ['voltbus.cdr.issued', 2, 9000],
  ]);
  expect(metrics.observed('cdr_delay_seconds')).toEqual([expect.any(Number), expect.any(Number)]); // of each account that was billed, once
  expect(worker.trouble()).toBeNull();
});

it('holds what its tenant wants looked at, says so on csms.cdr-reviews.v1, and tells the CDR when it is let go', async () => {
  const held = new TopicRecorder(
    ({ headers, value }) => [headers['ce_type']?.toString(), JSON.parse(value.toString()) as HeldCdr] as const,
  );
  const listener = await bus.follow({ name: 'transaction', topic: CDR_REVIEWS, handle: held.record });
  const before = cdrs.length;
  await publish(TENANTS, 'voltbus.tenant.changed', { tenant: 'default', currency: 'EUR', defaultTariff: null, reviewFlags: ['gap'] });
  const odd = { ...account, id: '00000000-0000-5000-8000-000000000002', flags: ['gap'] };
  await publish(TRANSACTIONS, 'voltbus.transaction.ended', odd);
  const [type, value] = await held.first(({ 1: { transaction } }) => transaction === odd.id);
  expect([type, value.reasons]).toEqual(['voltbus.cdr.held', ['gap']]);
  await service.reviews.release('default', value.cdr, { by: 'key', reason: 'seen' });
  await nextCdrs(before + 1);
  expect(cdrs.slice(before).map((cdr) => [cdr.type, cdr.value.transaction])).toEqual([['voltbus.cdr.issued', odd.id]]);
  await listener.close();
});
