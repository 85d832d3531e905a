import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './libs/platform/database/src/embedded/embedded-postgres';
import { guard } from './tools/infra/src/guard';

declare global {
  // eslint-disable-next-line no-var -- a global of the Jest process, for jest.teardown.ts
  var voltbusTestPostgres: { stop(): Promise<void> } | undefined;
}

/**
 * One Postgres for all specs, each of which makes a database of its own on it. It takes seconds to start, so it starts when the first spec
 * asks for it at this address. A Postgres that the environment names is used instead.
 */
export default async function setup(): Promise<void> {
  if (process.env['VOLTBUS_TEST_POSTGRES_URL'] !== undefined && process.env['VOLTBUS_TEST_POSTGRES_ADMIN_URL'] !== undefined) return;
  let starting: Promise<EmbeddedPostgres> | undefined;
  const server = createServer((_, response) => {
    starting ??= start();
    starting.then(
      ({ url, adminUrl }) => response.end(JSON.stringify({ url, adminUrl })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  process.env['VOLTBUS_TEST_POSTGRES_STARTER'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
  globalThis.voltbusTestPostgres = {
    stop: async () => {
      delete process.env['VOLTBUS_TEST_POSTGRES_STARTER']; // a run in watch mode begins anew
      server.close();
      const postgres = await starting?.catch(() => undefined);
      if (postgres === undefined) return;
      await postgres.stop();
      rmSync(postgres.dataDir, { recursive: true, force: true });
    },
  };
}

async function start(): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir: mkdtempSync(join(tmpdir(), 'voltbus-test-')), durable: false });
  guard(postgres.pid, postgres.gone);
  return postgres;
}
