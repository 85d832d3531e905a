import { rmSync } from 'node:fs';
import teardownPostgres from './jest.teardown';

export default async function teardown(): Promise<void> {
  const { servers, folder, given } = globalThis.voltbusTestServers ?? { servers: [], folder: null, given: {} };
  await Promise.all(servers.map((server) => server.stop()));
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  // a run in watch mode begins anew
  restore('VOLTBUS_TEST_REDIS_URL', given.redis);
  restore('VOLTBUS_TEST_KAFKA_BROKERS', given.kafka);
  await teardownPostgres();
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
