import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import setupPostgres from './jest.setup';
import { startNativeKafka, startNativeRedis, type Server } from './tools/infra/src';

declare global {
  // eslint-disable-next-line no-var -- a global of the Jest process, for jest.int.teardown.ts
  var voltbusTestServers: Server[] | undefined;
}

/** Real servers for the `.int.spec.ts`: Kafka and Redis, beside the Postgres that all specs have. What the environment names is used instead. */
export default async function setup(): Promise<void> {
  await setupPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-int-'));
  globalThis.voltbusTestServers = [];
  if (process.env['VOLTBUS_TEST_REDIS_URL'] === undefined) {
    const redis = await startNativeRedis(join(folder, 'redis'));
    globalThis.voltbusTestServers.push(redis);
    process.env['VOLTBUS_TEST_REDIS_URL'] = redis.url;
  }
  if (process.env['VOLTBUS_TEST_KAFKA_BROKERS'] === undefined) {
    const kafka = await startNativeKafka(join(folder, 'kafka'), join(__dirname, '.cache'));
    globalThis.voltbusTestServers.push(kafka);
    process.env['VOLTBUS_TEST_KAFKA_BROKERS'] = kafka.brokers.join(',');
  }
}
