import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './libs/platform/database/src/embedded/embedded-postgres';
import { guard } from './tools/infra/src/guard';

declare global {
  // eslint-disable-next-line no-var -- a global of the Jest process, for jest.teardown.ts
  var voltbusTestPostgres: EmbeddedPostgres | undefined;
}

/** One Postgres for all specs, each of which makes a database of its own on it. What the environment names is used instead. */
export default async function setup(): Promise<void> {
  if (process.env['VOLTBUS_TEST_POSTGRES_URL'] !== undefined && process.env['VOLTBUS_TEST_POSTGRES_ADMIN_URL'] !== undefined) return;
  const postgres = await startEmbeddedPostgres({ dataDir: mkdtempSync(join(tmpdir(), 'voltbus-test-')), durable: false });
  guard(postgres.pid, postgres.gone);
  globalThis.voltbusTestPostgres = postgres;
  process.env['VOLTBUS_TEST_POSTGRES_URL'] = postgres.url;
  process.env['VOLTBUS_TEST_POSTGRES_ADMIN_URL'] = postgres.adminUrl;
}
