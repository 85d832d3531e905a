import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import setupPostgres from './jest.setup';
import { installProxies, installRedis, startKafka, startRedis, type Server } from './tools/infra/src';

declare global {
  // eslint-disable-next-line no-var -- a global of the Jest process, for jest.int.teardown.ts
  var voltbusTestServers:
    { servers: Server[]; folder: string; given: { redis?: string | undefined; kafka?: string | undefined } } | undefined;
}

/** Real servers for the `.int.spec.ts`: Kafka and Redis, beside the Postgres that all specs have. Servers that the environment names are used instead. */
export default async function setup(): Promise<void> {
  await setupPostgres();
  installRedis(); // the specs of the Redis adapter start servers of their own, clusters too, whatever the shared one is
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  installProxies(say);
  const dataDir = mkdtempSync(join(tmpdir(), 'voltbus-int-'));
  const servers: Server[] = [];
  const given = { redis: process.env['VOLTBUS_TEST_REDIS_URL'], kafka: process.env['VOLTBUS_TEST_KAFKA_BROKERS'] };
  globalThis.voltbusTestServers = { servers, folder: dataDir, given };
  const redis = await startRedis({ dataDir, log: say, given: given.redis });
  servers.push(redis);
  const kafka = await startKafka({ dataDir, log: say, given: given.kafka });
  servers.push(kafka);
  process.env['VOLTBUS_TEST_REDIS_URL'] = redis.url;
  process.env['VOLTBUS_TEST_KAFKA_BROKERS'] = kafka.brokers.join(',');
}
