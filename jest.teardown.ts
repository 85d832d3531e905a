import { rmSync } from 'node:fs';

export default async function teardown(): Promise<void> {
  const postgres = globalThis.voltbusTestPostgres;
  if (postgres === undefined) return;
  await postgres.stop();
  rmSync(postgres.dataDir, { recursive: true, force: true });
}
