import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import { Outbox, OutboxRelay, Retention, USUAL_RETENTION, openDatabase, type RetentionDays } from '@voltbus/database';
import { UNHANDLED_MESSAGES_ALLOWANCE, StationAllowance, type AnswerTable } from '@voltbus/service';
import { answers } from './answers';
import { TypeormAuditLog } from './audit-log/typeorm-audit-log';
import { ApiKeyDesk } from './api-key-desk';
import { ApiKeyRing } from './api-key-ring';
import { ApiKeyUses } from './api-key-uses';
import { Evictions } from './evictions';
import { FrameShelf } from './frame-shelf';
import { DeviceConfigTelemetry } from './telemetry';
import { TypeormTakeOvers } from './identity-conflicts/typeorm-take-overs';
import { Profiles } from './profiles';
import { StationChanges } from './station-changes';
import { StationDirectory } from './station-directory';
import { Stations } from './stations';
import { SCHEMA, migrations } from './store/migrations';
import { TABLES } from './store/tables';
import { TypeormApiKeys } from './store/typeorm-api-keys';
import { TypeormConnectorProblems } from './store/typeorm-connector-problems';
import { TypeormConnectors } from './store/typeorm-connectors';
import { TypeormEvictions } from './store/typeorm-evictions';
import { TypeormFramePartitions } from './store/typeorm-frame-partitions';
import { TypeormFrames } from './store/typeorm-frames';
import { TypeormMessages } from './store/typeorm-messages';
import { TypeormPresence } from './store/typeorm-presence';
import { TypeormRefusals } from './store/typeorm-refusals';
import { TypeormStationViews } from './store/typeorm-station-views';
import { TypeormStations } from './store/typeorm-stations';
import { TypeormTenants } from './store/typeorm-tenants';
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
  profiles: Profiles;
  evictions: Evictions;
  presence: TypeormPresence;
  takeOvers: TypeormTakeOvers;
  refusals: TypeormRefusals;
  frames: TypeormFrames;
  framePartitions: TypeormFramePartitions;
  frameShelf: FrameShelf;
  messages: TypeormMessages;
  retention: Retention;
  table: AnswerTable;
  apiKeys: TypeormApiKeys;
  apiKeyRing: ApiKeyRing;
  apiKeyUses: ApiKeyUses;
  apiKeyDesk: ApiKeyDesk;
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
  const profiles = new Profiles({ stations: store, connections, bus, telemetry });
  const evictions = new Evictions({ store: new TypeormEvictions(database), connections, bus, telemetry });
  const changes = new StationChanges({ bus, untold: (error) => telemetry.stationChangeUntold(error) });
  const stations = new Stations({ store, profiles, evictions, telemetry, changes, pepper });
  const messages = new TypeormMessages(
    database,
    new StationAllowance({ ...UNHANDLED_MESSAGES_ALLOWANCE, beyond: (ref, count) => telemetry.messagesNotKept(ref, count) }),
  );
  const frames = new TypeormFrames(database);
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
    refusals: new TypeormRefusals(database),
    frames,
    framePartitions: new TypeormFramePartitions(database),
    frameShelf: new FrameShelf(frames, telemetry),
    messages,
    retention: new Retention({ dataSource: database, declared: TABLES, days, metrics }),
    table: answers({
      stations,
      connectors: new TypeormConnectors(
        database,
        (written) => changes.tell(written),
        (reports) => telemetry.reportsNotKept(reports),
      ),
      problems: new TypeormConnectorProblems(database, (written) => changes.tell(written)),
      messages,
      heartbeatSeconds,
    }),
  };
}

function wireApiKeys(database: Database, telemetry: DeviceConfigTelemetry, pepper: string) {
  const apiKeys = new TypeormApiKeys(database);
  const apiKeyUses = new ApiKeyUses({ store: apiKeys, failed: (error) => telemetry.workFailed('telling when API keys were used', error) });
  const apiKeyRing = new ApiKeyRing({ store: apiKeys, uses: apiKeyUses, pepper });
  return { apiKeys, apiKeyUses, apiKeyRing, apiKeyDesk: new ApiKeyDesk({ store: apiKeys, ring: apiKeyRing, telemetry, pepper }) };
}
