import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import type { Tenant } from '@voltbus/contracts';
import { TENANT_DIRECTORY, type TenantDirectory } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { BUS, CONNECTIONS, LIFECYCLE, LOGGER, METRICS } from '@voltbus/runtime';
import { serviceModules, type Service } from '@voltbus/service';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { webhooksService } from '../service';

const tenants: TenantDirectory = {
  find: (tenant) => Promise.resolve(tenant === 'gone' ? null : ({ tenant } as Tenant)), // nothing else of it is read
};

/** The HTTP API of the service on a database of its own, without the worker: nothing is sent. */
export async function startWebhooksApp() {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const modules = serviceModules(webhooksService);
  const app = await TestApp.create({
    modules: [modules.http],
    databaseUrl: url,
    logger: silentLogger,
    provided: [
      [BUS, bus],
      [CONNECTIONS, new MemoryConnections()],
      [LOGGER, silentLogger],
      [METRICS, testMetrics()],
      [LIFECYCLE, { add: () => undefined }],
      [TENANT_DIRECTORY, tenants],
    ],
  });
  const service = app.get<Service>(modules.token);
  return {
    service,
    database: service.database,
    request: <T = Record<string, unknown>>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object, tenant = 'acme') =>
      app.request<T>(method, `/v1/webhooks${path}`, { body, tenant }),
    async close(): Promise<void> {
      await service.database.destroy();
      await app.close();
      await bus.close();
      await drop();
    },
  };
}

export type WebhooksApp = Awaited<ReturnType<typeof startWebhooksApp>>;
