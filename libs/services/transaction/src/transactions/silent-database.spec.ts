import { MemoryBus, type Subscription } from '@voltbus/bus';
import {
  DOWNLINK,
  LANES,
  META_HEADER,
  TENANTS,
  TRANSACTIONS,
  packUplink,
  toCloudEventHeaders,
  type EndedTransaction,
} from '@voltbus/contracts';
import {
  TopicRecorder,
  freshDatabase,
  postgresProxy,
  silentLogger,
  testMetrics,
  type FreshDatabase,
  type TcpProxy,
} from '@voltbus/testing';
import type { Service } from '@voltbus/service';
import { openService } from '../testing/worker-fixture';

const BUCKET = 3;
const STATIONS = Array.from({ length: 12 }, (_, index) => `CS-${index}`);

let bus: MemoryBus;
let fresh: FreshDatabase;
let proxy: TcpProxy;
let service: Service;
const listeners: Subscription[] = [];
const replies = new TopicRecorder(({ key, value }) => ({
  key,
  answer: JSON.parse(value.toString()) as [number, string, Record<string, unknown>],
}));
const told = new TopicRecorder(({ headers, value }) => ({
  type: headers['ce_type']?.toString(),
  value: JSON.parse(value.toString()) as EndedTransaction,
}));

beforeAll(async () => {
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  fresh = await freshDatabase();
  const proxied = await postgresProxy(fresh.url);
  proxy = proxied.proxy;
  service = await openService(proxied.url, bus);
  listeners.push(await bus.follow({ name: 'gateway', topic: DOWNLINK, partition: BUCKET, handle: replies.record }));
  listeners.push(await bus.follow({ name: 'cdr', topic: TRANSACTIONS, handle: told.record }));
  await service.start();
});
afterAll(async () => {
  await service?.stop();
  for (const listener of listeners) await listener.close();
  await bus?.close();
  await service?.database.destroy();
  await proxy?.stop();
  await fresh?.drop();
});

/** Resolves when the service has it for good. */
function say(station: string, action: string, payload: object): Promise<void> {
  const messageId = `${station}-${action}`;
  const meta = packUplink({
    protocol: 'ocpp1.6',
    action,
    messageId,
    ack: 'service',
    returnTo: { inst: 'gw', bucket: BUCKET, epoch: 1 },
    registration: 'accepted',
    checked: 'no',
    receivedAt: Date.now(),
    answerBy: Date.now() + 120_000, // a slow machine: what counts is that there is an answer
  });
  const value = Buffer.from(JSON.stringify([2, messageId, action, payload]));
  return bus.publish(LANES.transaction, { key: `default/${station}`, value, headers: { [META_HEADER]: meta } });
}

const start = (station: string) =>
  say(station, 'StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 1_000, timestamp: new Date().toISOString() });

it('answers starts, and tells the end of a session, though every open connection to the database has fallen silent', async () => {
  const headers = toCloudEventHeaders({
    id: 'id',
    type: 'voltbus.tenant.changed',
    source: '/voltbus/spec',
    time: new Date().toISOString(),
    subject: 'default/CS-0',
    tenant: 'default',
  });
  const tenant = { tenant: 'default', unknownTokens: 'accept', currency: 'EUR' };
  await bus.publish(TENANTS, { key: 'default/CS-0', value: Buffer.from(JSON.stringify(tenant)), headers });
  await start('CS-0');
  const [first] = await replies.count(1);
  await Promise.all(STATIONS.map(() => service.database.query('SELECT 1'))); // the pool is full
  expect(proxy.alive).toBeGreaterThan(1);

  proxy.silence();
  const end = { transactionId: first?.answer[2]['transactionId'], meterStop: 8_350, timestamp: new Date().toISOString() };
  await Promise.all([say('CS-0', 'StopTransaction', end), ...STATIONS.map((station) => start(`${station}-late`))]);

  const answers = (await replies.count(2 + STATIONS.length)).slice(1);
  expect(new Set(answers.map(({ key }) => key)).size).toBe(1 + STATIONS.length);
  for (const { key, answer } of answers)
    expect(answer).toMatchObject([3, expect.any(String), key === 'default/CS-0' ? {} : { idTagInfo: { status: 'Accepted' } }]);
  const ended = await told.first(({ type }) => type === 'voltbus.transaction.ended');
  expect(ended.value).toMatchObject({ station: 'CS-0', energyWh: 7_350, revision: 1 });
  expect(service.trouble()).toBeNull();
});
