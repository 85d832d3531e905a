import teardownPostgres from './jest.teardown';

export default async function teardown(): Promise<void> {
  await Promise.all((globalThis.voltbusTestServers ?? []).map((server) => server.stop()));
  await teardownPostgres();
}
