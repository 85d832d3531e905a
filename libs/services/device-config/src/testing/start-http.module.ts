import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { BareFace, TARIFF_DIRECTORY, type TariffDirectory } from '@voltbus/http';
import { BUS, CONNECTIONS, LIFECYCLE, LOGGER, METRICS } from '@voltbus/runtime';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { DeviceConfigHttpModule } from '../device-config.module';
import type { Service } from '../wiring';
import { DEVICE_CONFIG_SERVICE } from '../http/injection';

export const noTariffs: TariffDirectory = { find: () => Promise.resolve(null), inOtherCurrency: () => Promise.resolve([]) };

/** For specs: the service's HTTP face on a database of its own, asked as the administrator asks, unless a key is given. Tenant null: none is named. */
export interface HttpFixture {
  service: Service;
  ask<T = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    tenant?: string | null,
    key?: string,
  ): Promise<{ status: number; body: T }>;
  close(): Promise<void>;
}

export async function startHttp(): Promise<HttpFixture> {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const face = await BareFace.of({
    modules: [DeviceConfigHttpModule],
    databaseUrl: url,
    logger: silentLogger,
    provided: [
      [BUS, bus],
      [CONNECTIONS, new MemoryConnections()],
      [LOGGER, silentLogger],
      [METRICS, testMetrics()],
      [LIFECYCLE, { add: () => undefined }],
      [TARIFF_DIRECTORY, noTariffs],
    ],
  });
  const service = face.provided<Service>(DEVICE_CONFIG_SERVICE);
  return {
    service,
    ask: (method, path, body, tenant = 'default', key) => face.ask(method, path, { body, tenant, key }),
    async close() {
      await service.relay.stop();
      await service.database.destroy();
      await face.close();
      await bus.close();
      await drop();
    },
  };
}
