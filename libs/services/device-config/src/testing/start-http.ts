import type { Type } from '@nestjs/common';
import { MemoryConnections } from '@voltbus/connections';
import type { EventType } from '@voltbus/contracts';
import { STATION_USES, TARIFF_DIRECTORY, type TariffDirectory } from '@voltbus/http';
import type { TestApp } from '@voltbus/http/testing';
import { CONNECTIONS, LIFECYCLE, type Part, type Phase } from '@voltbus/runtime';
import { COMMAND_SENDER } from '@voltbus/service';
import { startServiceApp } from '@voltbus/service/testing';
import { deviceConfig } from '../service';
import { deliver } from './deliver';
import { FakeCommands } from './fake-commands';
import { noUses, partsOf } from './start-service';

export const noTariffs: TariffDirectory = {
  holding: (_tenant, work) => work({ has: () => Promise.resolve(false), inOtherCurrency: () => Promise.resolve([]) }),
};

/** The service's HTTP API on a database of its own, by the administrator's key unless another is given. Tenant null: no tenant is named. */
export interface HttpFixture {
  app: TestApp;
  service: ReturnType<typeof partsOf>;
  connections: MemoryConnections;
  /** Commands that the API sends, and the stations that answer them. */
  commands: FakeCommands;
  /** Names of what the process would start and stop. */
  parts: readonly string[];
  request<T = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    tenant?: string | null,
    key?: string,
  ): Promise<{ status: number; body: T }>;
  /** Hands events to the blocks that subscribe to them; they may be wrong on purpose. */
  deliver(event: EventType, values: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

/** `more`: modules with further routes. */
export async function startHttp(...more: Type[]): Promise<HttpFixture> {
  const connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
  const parts: string[] = [];
  const commands = new FakeCommands();
  const { app, service, close } = await startServiceApp(deviceConfig, {
    modules: ({ worker, http }) => [worker, http, ...more],
    provided: [
      [CONNECTIONS, connections],
      [LIFECYCLE, { add: (phase: Phase, { name }: Part) => void parts.push(`${phase}: ${name}`) }],
      [TARIFF_DIRECTORY, noTariffs],
      [STATION_USES, noUses],
      [COMMAND_SENDER, commands],
    ],
  });
  return {
    app,
    service: partsOf(service),
    connections,
    commands,
    parts,
    request: (method, path, body, tenant = 'default', key) => app.request(method, path, { body, tenant, key }),
    deliver: (event, values) => deliver(service, event, values),
    close,
  };
}
