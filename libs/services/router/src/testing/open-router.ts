import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import type { Outbox } from '@voltbus/database';
import { readSettings } from '@voltbus/runtime';
import { Service } from '@voltbus/service';
import { silentLogger, type TestMetrics } from '@voltbus/testing';
import { commands } from '../commands/block';
import { deadLetters } from '../dead-letters/block';
import { router } from '../service';

interface OpenRouterParts {
  url: string;
  bus: Bus;
  connections: Connections;
  metrics: TestMetrics;
  outbox?: Outbox;
  now?: () => Date;
}

/** The router on a database, with what its blocks have built. */
export async function openRouter({ url, ...parts }: OpenRouterParts) {
  const secrets = { VOLTBUS_ADMIN_KEY: 'k'.repeat(40), VOLTBUS_KEY_PEPPER: 'p'.repeat(40) };
  const settings = readSettings({ VOLTBUS_DATABASE_URL: url, VOLTBUS_DATABASE_POOL: '4', ...secrets }, 'standalone', 'standalone');
  const commandsElsewhere = { sendCommand: () => Promise.reject(new Error('no HTTP API here')) };
  const service = await Service.open(router, { settings, logger: silentLogger, commands: commandsElsewhere, ...parts });
  return { service, settings, database: service.database, ...service.use(commands), letters: service.use(deadLetters) };
}

export type OpenedRouter = Awaited<ReturnType<typeof openRouter>>;
