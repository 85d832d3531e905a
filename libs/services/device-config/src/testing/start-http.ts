import type { Type } from '@nestjs/common';
import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { STATION_USES, TARIFF_DIRECTORY, type TariffDirectory } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { BUS, CONNECTIONS, LIFECYCLE, LOGGER, METRICS, type Part, type Phase } from '@voltbus/runtime';
import { serviceModules, type Service } from '@voltbus/service';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { deviceConfig } from '../service';
import { noUses, partsOf } from './start-service';

const noTariffs: TariffDirectory = {
  holding: (_tenant, work) => work({ has: () => Promise.resolve(false), inOtherCurrency: () => Promise.resolve([]) }),
};

/** The service's HTTP API on a database of its own, by the administrator's key unless another is given. Tenant null: no tenant is named. */
export interface HttpFixture {
  app: TestApp;
  service: ReturnType<typeof partsOf>;
  connections: MemoryConnections;
  /** Names of what the process would start and stop. */
  parts: readonly string[];
  request<T = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    tenant?: string | null,
    key?: string,
  ): Promise<{ status: number; body: T }>;
  close(): Promise<void>;
}

/** `more`: modules with further routes. */
export async function startHttp(...more: Type[]): Promise<HttpFixture> {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
  const parts: string[] = [];
  const modules = serviceModules(deviceConfig);
  const app = await TestApp.create({
    modules: [modules.worker, modules.http, ...more],
    databaseUrl: url,
    logger: silentLogger,
    provided: [
      [BUS, bus],
      [CONNECTIONS, connections],
      [LOGGER, silentLogger],
      [METRICS, testMetrics()],
      [LIFECYCLE, { add: (phase: Phase, { name }: Part) => void parts.push(`${phase}: ${name}`) }],
      [TARIFF_DIRECTORY, noTariffs],
      [STATION_USES, noUses],
    ],
  });
  const service = app.get<Service>(modules.token);
  return {
    app,
    service: partsOf(service),
    connections,
    parts,
    request: (method, path, body, tenant = 'default', key) => app.request(method, path, { body, tenant, key }),
    async close() {
      await service.stop();
      await service.database.destroy();
      await app.close();
      await bus.close();
      await drop();
    },
  };
}
