import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { Outbox, OutboxRelay, Retention, USUAL_RETENTION, openDatabase, type RetentionDays } from '@voltbus/database';
import { UNHANDLED_MESSAGES_ALLOWANCE, StationAllowance, type AnswerTable } from '@voltbus/service';
import { answers } from './answers';
import { TypeormAuditLog } from './audit-log/typeorm-audit-log';
import { ApiKeyIssuer } from './api-keys/api-key-issuer';
import { ApiKeyCache } from './api-keys/api-key-cache';
import { ApiKeyUses } from './api-keys/api-key-uses';
import { Evictions } from './provisioning/evictions';
import { WriteBuffer } from './message-log/write-buffer';
import { DeviceConfigTelemetry } from './telemetry';
import { TypeormTakeOvers } from './identity-conflicts/typeorm-take-overs';
import { StationProfiles } from './provisioning/station-profiles';
import { StationChanges } from './station-changes/station-changes';
import { StationDirectory } from './provisioning/station-directory';
import { Stations } from './provisioning/stations';
import { SCHEMA, migrations } from './store/migrations';
import { TABLES } from './store/tables';
import { TypeormApiKeys } from './api-keys/store/typeorm-api-keys';
import { TypeormConnectorProblems } from './availability/store/typeorm-connector-problems';
import { TypeormConnectors } from './availability/store/typeorm-connectors';
import { TypeormEvictions } from './provisioning/store/typeorm-evictions';
import { TypeormMessageLogPartitions } from './message-log/store/typeorm-message-log-partitions';
import { TypeormMessageLog } from './message-log/store/typeorm-message-log';
import { TypeormUnhandledMessages } from './unhandled-messages/typeorm-unhandled-messages';
import { TypeormPresence } from './availability/store/typeorm-presence';
import { TypeormRefusedConnections } from './refused-connections/typeorm-refused-connections';
import { TypeormStationViews } from './provisioning/store/typeorm-station-views';
import { TypeormStations } from './provisioning/store/typeorm-stations';
import { TypeormTenants } from './tenants/store/typeorm-tenants';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** Where nothing is set. */
const MAX_REGISTERED = 10_000;

type Database = Awaited<ReturnType<typeof openDatabase>>;

export interface ServiceParts {
  url: string;
  poolSize: number;
  pepper: string;
  heartbeatSeconds: number;
  /** Stations of a tenant that may register by themselves. */
  maxRegistered?: number;
  /** How long what is kept; absent: as usual. */
  retention?: RetentionDays;
  bus: Bus;
  connections: Connections;
  logger: Logger;
  metrics: Metrics;
}

/** The service on its own schema of the database. */
export interface Service {
  database: Database;
  relay: OutboxRelay;
  telemetry: DeviceConfigTelemetry;
  tenants: TypeormTenants;
  stations: Stations;
  directory: StationDirectory;
  profiles: StationProfiles;
  evictions: Evictions;
  presence: TypeormPresence;
  takeOvers: TypeormTakeOvers;
  refusedConnections: TypeormRefusedConnections;
  messageLog: TypeormMessageLog;
  messageLogPartitions: TypeormMessageLogPartitions;
  writeBuffer: WriteBuffer;
  unhandledMessages: TypeormUnhandledMessages;
  retention: Retention;
  table: AnswerTable;
  apiKeys: TypeormApiKeys;
  apiKeyCache: ApiKeyCache;
  apiKeyUses: ApiKeyUses;
  apiKeyIssuer: ApiKeyIssuer;
  auditLog: TypeormAuditLog;
}

export async function openService({ url, poolSize, ...parts }: ServiceParts): Promise<Service> {
  const { bus, logger, metrics } = parts;
  const database = await openDatabase({ url, schema: SCHEMA, migrations, poolSize, applicationName: 'device-config', metrics });
  const relay = new OutboxRelay({ dataSource: database, schema: SCHEMA, bus, logger, metrics });
  return { ...wire(database, parts), database, relay };
}

/** The service's classes, built around one database. */
function wire(database: Database, parts: Omit<ServiceParts, 'url' | 'poolSize'>): Omit<Service, 'database' | 'relay'> {
  const { bus, connections, pepper, heartbeatSeconds, logger, metrics } = parts;
  const { maxRegistered = MAX_REGISTERED, retention: days = USUAL_RETENTION } = parts;
  const telemetry = new DeviceConfigTelemetry(logger, metrics);
  const outbox = new Outbox(SCHEMA);
  const store = new TypeormStations(database, outbox, maxRegistered);
  const profiles = new StationProfiles({ stations: store, connections, bus, telemetry });
  const evictions = new Evictions({ store: new TypeormEvictions(database), connections, bus, telemetry });
  const changes = new StationChanges({ bus, notPublished: (error) => telemetry.stationChangeNotPublished(error) });
  const stations = new Stations({ store, profiles, evictions, telemetry, changes, pepper });
  const messages = new TypeormUnhandledMessages(
    database,
    new StationAllowance({ ...UNHANDLED_MESSAGES_ALLOWANCE, beyond: (ref, count) => telemetry.unhandledMessagesNotStored(ref, count) }),
  );
  const frames = new TypeormMessageLog(database);
  return {
    ...wireApiKeys(database, telemetry, pepper),
    auditLog: new TypeormAuditLog(database),
    telemetry,
    tenants: new TypeormTenants(database, outbox),
    stations,
    directory: new StationDirectory({ views: new TypeormStationViews(database), connections, telemetry }),
    profiles,
    evictions,
    presence: new TypeormPresence(database),
    takeOvers: new TypeormTakeOvers(database),
    refusedConnections: new TypeormRefusedConnections(database),
    messageLog: frames,
    messageLogPartitions: new TypeormMessageLogPartitions(database),
    writeBuffer: new WriteBuffer(frames, telemetry),
    unhandledMessages: messages,
    retention: new Retention({ dataSource: database, declared: TABLES, days, metrics }),
    table: answers({
      stations,
      connectors: new TypeormConnectors(
        database,
        (written) => changes.publish(written),
        (reports) => telemetry.reportsNotKept(reports),
      ),
      problems: new TypeormConnectorProblems(database, (written) => changes.publish(written)),
      messages,
      heartbeatSeconds,
    }),
  };
}

function wireApiKeys(database: Database, telemetry: DeviceConfigTelemetry, pepper: string) {
  const apiKeys = new TypeormApiKeys(database);
  const apiKeyUses = new ApiKeyUses({ store: apiKeys, failed: (error) => telemetry.workFailed('telling when API keys were used', error) });
  const apiKeyCache = new ApiKeyCache({ store: apiKeys, uses: apiKeyUses, pepper });
  return { apiKeys, apiKeyUses, apiKeyCache, apiKeyIssuer: new ApiKeyIssuer({ store: apiKeys, cache: apiKeyCache, telemetry, pepper }) };
}
