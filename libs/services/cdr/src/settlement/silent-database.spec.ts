import type { Subscription } from '@voltbus/bus';
import { CDRS, type Cdr } from '@voltbus/contracts';
import { TopicRecorder, postgresProxy, type TcpProxy } from '@voltbus/testing';
import { endedTransaction } from '../testing/ended-transaction';
import { startRunningCdr, type RunningCdr } from '../testing/running-cdr';

let proxy: TcpProxy;
let service: RunningCdr;
let reader: Subscription;
const cdrs = new TopicRecorder(({ value }) => JSON.parse(value.toString()) as Cdr);

beforeAll(async () => {
  service = await startRunningCdr(async (url) => {
    const proxied = await postgresProxy(url);
    proxy = proxied.proxy;
    return proxied.url;
  });
  reader = await service.bus.follow({ name: 'another team', topic: CDRS, handle: cdrs.record });
});
afterAll(async () => {
  await reader?.close();
  await service?.close();
  await proxy?.stop();
});

const ended = endedTransaction({ id: '00000000-0000-5000-8000-000000000001' });

it('makes and publishes the CDR of a session, though every open connection to the database has stopped answering', async () => {
  await service.publishTenant({ tenant: 'default', currency: 'EUR', defaultTariff: null });
  await Promise.all(Array.from({ length: 8 }, () => service.database.query('SELECT 1'))); // the pool is full
  expect(proxy.alive).toBeGreaterThan(1);

  proxy.silence();
  await service.publishTransaction(ended);
  const [cdr] = await cdrs.count(1);
  expect(cdr).toMatchObject({ kind: 'charge', energyWh: 10_000, revision: 1 });
  expect(service.service.trouble()).toBeNull();
});
