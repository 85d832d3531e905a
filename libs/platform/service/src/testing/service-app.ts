import type { Type } from '@nestjs/common';
import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { TestApp } from '@voltbus/http/testing';
import { BUS, CONNECTIONS, LIFECYCLE, LOGGER, METRICS } from '@voltbus/runtime';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import type { Service } from '../service';
import type { ServiceDefinition } from '../service-definition';
import { serviceModules, type ServiceModules } from '../service.module';

interface ServiceAppOptions {
  /** The modules of the process; by default the HTTP API alone. */
  modules?: (of: ServiceModules) => readonly Type[];
  /** Providers of other services by their tokens, or some in the place of those of the process. */
  provided?: readonly (readonly [symbol, unknown])[];
  /** One that others use as well, and that stays. */
  databaseUrl?: string | undefined;
  /** Settings beside those of specs. */
  environment?: Readonly<Record<string, string>>;
}

export interface ServiceApp {
  app: TestApp;
  service: Service;
  close(): Promise<void>;
}

/** The HTTP API of a service on a bus, connections and a database of its own. Nothing of it is started. */
export async function startServiceApp(
  definition: ServiceDefinition,
  { modules = ({ http }) => [http], provided = [], databaseUrl, environment = {} }: ServiceAppOptions = {},
): Promise<ServiceApp> {
  const { url, drop } = databaseUrl === undefined ? await freshDatabase() : { url: databaseUrl, drop: () => Promise.resolve() };
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const of = serviceModules(definition);
  const app = await TestApp.create({
    modules: modules(of),
    databaseUrl: url,
    environment,
    logger: silentLogger,
    provided: [
      [BUS, bus],
      [CONNECTIONS, new MemoryConnections()],
      [LOGGER, silentLogger],
      [METRICS, testMetrics()],
      [LIFECYCLE, { add: () => undefined }],
      ...provided,
    ],
  });
  const service = app.get<Service>(of.token);
  return {
    ...{ app, service },
    async close() {
      await service.stop();
      await service.database.destroy();
      await app.close();
      await bus.close();
      await drop();
    },
  };
}
