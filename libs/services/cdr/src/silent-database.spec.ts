import { MemoryBus, type Subscription } from '@voltbus/bus';
import { CDRS, TENANTS, TRANSACTIONS, toCloudEventHeaders, type Cdr, type Topic } from '@voltbus/contracts';
import {
  TopicRecorder,
  freshDatabase,
  postgresProxy,
  silentLogger,
  testMetrics,
  type FreshDatabase,
  type TcpProxy,
} from '@voltbus/testing';
import { accountOf } from './account-fixture';
import { openService, type Service } from './wiring';
import { CdrWorker } from './worker';

let bus: MemoryBus;
let fresh: FreshDatabase;
let proxy: TcpProxy;
let service: Service;
let worker: CdrWorker;
let reader: Subscription;
const cdrs = new TopicRecorder(({ value }) => JSON.parse(value.toString()) as Cdr);

beforeAll(async () => {
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  fresh = await freshDatabase();
  const proxied = await postgresProxy(fresh.url);
  proxy = proxied.proxy;
  service = await openService({ url: proxied.url, poolSize: 4, bus, logger: silentLogger, metrics: testMetrics() });
  worker = new CdrWorker({ service, bus });
  reader = await bus.follow({ name: 'another team', topic: CDRS, handle: cdrs.record });
  await worker.start();
});
afterAll(async () => {
  await worker?.stop();
  await reader?.close();
  await bus?.close();
  await service?.database.destroy();
  await proxy?.stop();
  await fresh?.drop();
});

function publish(topic: Topic, type: string, value: object): Promise<void> {
  const time = new Date().toISOString();
  const headers = toCloudEventHeaders({ id: 'id', type, source: '/voltbus/spec', time, subject: 'default/CS-1', tenant: 'default' });
  return bus.publish(topic, { key: 'default/CS-1', value: Buffer.from(JSON.stringify(value)), headers });
}

const account = accountOf({ id: '00000000-0000-5000-8000-000000000001' });

it('makes and tells the CDR of a session, though every open connection to the database has fallen silent', async () => {
  await publish(TENANTS, 'voltbus.tenant.changed', { tenant: 'default', currency: 'EUR', defaultTariff: null });
  await Promise.all(Array.from({ length: 8 }, () => service.database.query('SELECT 1'))); // the pool is full
  expect(proxy.alive).toBeGreaterThan(1);

  proxy.silence();
  await publish(TRANSACTIONS, 'voltbus.transaction.ended', account);
  const [cdr] = await cdrs.count(1);
  expect(cdr).toMatchObject({ kind: 'charge', energyWh: 10_000, revision: 1 });
  expect(worker.trouble()).toBeNull();
});
