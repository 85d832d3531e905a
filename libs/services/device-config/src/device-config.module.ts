import { Inject, Module } from '@nestjs/common';
import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, SETTINGS } from '@voltbus/process';
import type { Health, Lifecycle, Logger, Metrics, Settings } from '@voltbus/process';
import { API_KEYS, STATIONS_SHOWN, TENANT_DIRECTORY, type ApiKeys, type StationsShown, type TenantDirectory } from '@voltbus/http';
import { ApiKeysController } from './http/api-keys.controller';
import { DEVICE_CONFIG_SERVICE } from './http/injection';
import { MessagesController } from './http/messages.controller';
import { RefusedConnectionsController } from './http/refused-connections.controller';
import { stationView } from './http/station';
import { StationsController } from './http/stations.controller';
import { TenantsController } from './http/tenants.controller';
import { openService, type Service } from './wiring';
import { DeviceConfigWorker } from './worker';

async function open(
  settings: Settings,
  bus: Bus,
  connections: Connections,
  logger: Logger,
  metrics: Metrics,
  lifecycle: Lifecycle,
): Promise<Service> {
  const { DATABASE_URL: url, DATABASE_POOL: poolSize, KEY_PEPPER: pepper, HEARTBEAT_SECONDS: heartbeatSeconds } = settings;
  const service = await openService({ url, poolSize, pepper, heartbeatSeconds, bus, connections, logger, metrics });
  lifecycle.add('resources', { name: 'device-config database', stop: () => service.database.destroy() });
  return service;
}

/** The service on its database, shared by its worker and its HTTP face where both are in one process. */
@Module({
  providers: [{ provide: DEVICE_CONFIG_SERVICE, useFactory: open, inject: [SETTINGS, BUS, CONNECTIONS, LOGGER, METRICS, LIFECYCLE] }],
  exports: [DEVICE_CONFIG_SERVICE],
})
class DeviceConfigCoreModule {}

/** Lane, gateways' questions, presence, outbox, sweeps. */
@Module({ imports: [DeviceConfigCoreModule] })
export class DeviceConfigWorkerModule {
  constructor(
    @Inject(DEVICE_CONFIG_SERVICE) service: Service,
    @Inject(SETTINGS) { DEMO: demo }: Settings,
    @Inject(BUS) bus: Bus,
    @Inject(LOGGER) logger: Logger,
    @Inject(METRICS) metrics: Metrics,
    @Inject(HEALTH) health: Health,
    @Inject(LIFECYCLE) lifecycle: Lifecycle,
  ) {
    const worker = new DeviceConfigWorker({ service, bus, demo, logger, metrics });
    health.addCheck('device-config', () => worker.trouble());
    lifecycle.add('work', { name: 'device-config', start: () => worker.start(), stop: () => worker.stop() });
  }
}

function tenantDirectory({ tenants }: Service): TenantDirectory {
  return { has: async (tenant) => (await tenants.find(tenant)) !== null };
}

/** Stations for listeners, as `GET /v1/stations/{station}` shows them. */
function stationsShown({ directory }: Service): StationsShown {
  return {
    async find(ref) {
      const station = await directory.find(ref);
      return station === null ? null : stationView(station);
    },
  };
}

/** Tenants and their keys, stations, what they say, and who was not let in. */
@Module({
  imports: [DeviceConfigCoreModule],
  controllers: [TenantsController, ApiKeysController, StationsController, MessagesController, RefusedConnectionsController],
  providers: [
    { provide: API_KEYS, useFactory: (service: Service): ApiKeys => service.apiKeyRing, inject: [DEVICE_CONFIG_SERVICE] },
    { provide: TENANT_DIRECTORY, useFactory: tenantDirectory, inject: [DEVICE_CONFIG_SERVICE] },
    { provide: STATIONS_SHOWN, useFactory: stationsShown, inject: [DEVICE_CONFIG_SERVICE] },
  ],
  exports: [API_KEYS, STATIONS_SHOWN],
})
export class DeviceConfigHttpModule {
  constructor(@Inject(DEVICE_CONFIG_SERVICE) { apiKeyUses }: Service, @Inject(LIFECYCLE) lifecycle: Lifecycle) {
    lifecycle.add('work', { name: 'uses of API keys', start: () => apiKeyUses.start(), stop: () => apiKeyUses.stop() });
  }
}
