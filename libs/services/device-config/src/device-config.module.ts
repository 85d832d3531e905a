import { Global, Inject, Module } from '@nestjs/common';
import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { databaseCheck } from '@voltbus/database';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, SETTINGS, retentionDays } from '@voltbus/runtime';
import type { Health, Lifecycle, Settings } from '@voltbus/runtime';
import {
  API_KEYS,
  AUDIT_LOG,
  KNOWN_STATIONS,
  STATIONS_SHOWN,
  TENANT_DIRECTORY,
  type ApiKeys,
  type AuditLog,
  type KnownStations,
  type StationsShown,
  type TenantDirectory,
} from '@voltbus/http';
import { AuditLogController } from './audit-log/audit-log.controller';
import { ApiKeysController } from './api-keys/http/api-keys.controller';
import { DEVICE_CONFIG_SERVICE } from './http/injection';
import { MessagesController } from './message-log/http/messages.controller';
import { RefusedConnectionsController } from './refused-connections/refused-connections.controller';
import { stationView } from './provisioning/http/station';
import { StationsController } from './provisioning/http/stations.controller';
import { TenantsController } from './tenants/http/tenants.controller';
import { openService, type Service } from './wiring';
import { DeviceConfigWorker } from './worker';
import type { Logger, Metrics } from '@voltbus/telemetry';

async function open(
  settings: Settings,
  bus: Bus,
  connections: Connections,
  logger: Logger,
  metrics: Metrics,
  health: Health,
  lifecycle: Lifecycle,
): Promise<Service> {
  const { DATABASE_URL: url, DATABASE_POOL: poolSize, KEY_PEPPER: pepper, HEARTBEAT_SECONDS: heartbeatSeconds } = settings;
  const kept = { maxRegistered: settings.MAX_REGISTERED_STATIONS, retention: retentionDays(settings) };
  const service = await openService({ url, poolSize, pepper, heartbeatSeconds, ...kept, bus, connections, logger, metrics });
  health.addCheck('device-config database', databaseCheck(service.database));
  lifecycle.add('resources', { name: 'device-config database', stop: () => service.database.destroy() });
  return service;
}

/** The service on its database, shared by its worker and its HTTP face where both are in one process. */
@Module({
  providers: [
    { provide: DEVICE_CONFIG_SERVICE, useFactory: open, inject: [SETTINGS, BUS, CONNECTIONS, LOGGER, METRICS, HEALTH, LIFECYCLE] },
  ],
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

/** Stations for listeners, as `GET /v1/stations/{station}` shows them. */
function stationsShown({ directory }: Service): StationsShown {
  return {
    async find(ref) {
      const station = await directory.find(ref);
      return station === null ? null : stationView(station);
    },
  };
}

/** Tenants and their keys, stations, what they say, and who was not let in; and the tenant directory, for every other HTTP face of the process. */
@Global()
@Module({
  imports: [DeviceConfigCoreModule],
  controllers: [
    TenantsController,
    ApiKeysController,
    StationsController,
    MessagesController,
    RefusedConnectionsController,
    AuditLogController,
  ],
  providers: [
    { provide: API_KEYS, useFactory: (service: Service): ApiKeys => service.apiKeyCache, inject: [DEVICE_CONFIG_SERVICE] },
    { provide: AUDIT_LOG, useFactory: ({ auditLog }: Service): AuditLog => auditLog, inject: [DEVICE_CONFIG_SERVICE] },
    { provide: TENANT_DIRECTORY, useFactory: ({ tenants }: Service): TenantDirectory => tenants, inject: [DEVICE_CONFIG_SERVICE] },
    { provide: KNOWN_STATIONS, useFactory: ({ directory }: Service): KnownStations => directory, inject: [DEVICE_CONFIG_SERVICE] },
    { provide: STATIONS_SHOWN, useFactory: stationsShown, inject: [DEVICE_CONFIG_SERVICE] },
  ],
  exports: [API_KEYS, KNOWN_STATIONS, STATIONS_SHOWN, TENANT_DIRECTORY],
})
export class DeviceConfigHttpModule {
  constructor(@Inject(DEVICE_CONFIG_SERVICE) { apiKeyUses }: Service, @Inject(LIFECYCLE) lifecycle: Lifecycle) {
    lifecycle.add('work', { name: 'uses of API keys', start: () => apiKeyUses.start(), stop: () => apiKeyUses.stop() });
  }
}
