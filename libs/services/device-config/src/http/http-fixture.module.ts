import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { httpFace } from '@voltbus/http';
import { BUS, CONNECTIONS, LIFECYCLE, LOGGER, METRICS, SETTINGS, readSettings } from '@voltbus/process';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { DeviceConfigHttpModule } from '../device-config.module';
import type { Service } from '../wiring';
import { DEVICE_CONFIG_SERVICE } from './injection';

@Module({})
class Surroundings {
  static of(values: readonly [symbol, unknown][]): DynamicModule {
    const providers = values.map(([provide, useValue]) => ({ provide, useValue }));
    return { module: Surroundings, global: true, providers, exports: providers };
  }
}
class Root {}

const KEY = 'k'.repeat(32);

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
  const settings = readSettings(
    { VOLTBUS_DATABASE_URL: url, VOLTBUS_DATABASE_POOL: '2', VOLTBUS_ADMIN_KEY: KEY, VOLTBUS_KEY_PEPPER: KEY },
    'standalone',
    'standalone',
  );
  const surroundings = Surroundings.of([
    [SETTINGS, settings],
    [BUS, bus],
    [CONNECTIONS, new MemoryConnections()],
    [LOGGER, silentLogger],
    [METRICS, testMetrics()],
    [LIFECYCLE, { add: () => undefined }],
  ]);
  const root = { module: Root, imports: [surroundings, DeviceConfigHttpModule] };
  // the face makes a Fastify application, whatever its port calls it
  const app = (await httpFace.create(root, { logger: false }, settings, silentLogger)) as NestFastifyApplication;
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const service = app.get<Service>(DEVICE_CONFIG_SERVICE, { strict: false });
  return {
    service,
    async ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, tenant: string | null = 'default', key = KEY) {
      const headers = { authorization: `Bearer ${key}`, ...(tenant === null ? {} : { 'voltbus-tenant': tenant }) };
      const { statusCode, payload } = await app.inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: body }) });
      return { status: statusCode, body: (payload === '' ? null : JSON.parse(payload)) as T }; // the spec says what it expects
    },
    async close() {
      await service.relay.stop();
      await service.database.destroy();
      await app.close();
      await bus.close();
      await drop();
    },
  };
}
