import { rmSync } from 'node:fs';
import teardownPostgres from './jest.teardown';

export default async function teardown(): Promise<void> {
  const { servers, folder } = globalThis.voltbusTestServers ?? { servers: [], folder: null };
  await Promise.all(servers.map((server) => server.stop()));
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  await teardownPostgres();
}
