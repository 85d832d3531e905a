import type { Tenant } from '@voltbus/contracts';
import { TENANT_DIRECTORY, type TenantDirectory } from '@voltbus/http';
import { startServiceApp } from '@voltbus/service/testing';
import { webhooksService } from '../service';

const tenants: TenantDirectory = {
  find: (tenant) => Promise.resolve(tenant === 'gone' ? null : ({ tenant } as Tenant)), // nothing else of it is read
};

/** The HTTP API of the service on a database of its own, without the worker: nothing is sent. */
export async function startWebhooksApp() {
  const { app, service, close } = await startServiceApp(webhooksService, { provided: [[TENANT_DIRECTORY, tenants]] });
  return {
    service,
    database: service.database,
    request: <T = Record<string, unknown>>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object, tenant = 'acme') =>
      app.request<T>(method, `/v1/webhooks${path}`, { body, tenant }),
    close,
  };
}

export type WebhooksApp = Awaited<ReturnType<typeof startWebhooksApp>>;
