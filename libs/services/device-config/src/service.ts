import { outboxMigration } from '@voltbus/database';
import { defineBlock, type ServiceDefinition } from '@voltbus/service';
import { apiKeys } from './api-keys/block';
import { auditLog } from './audit-log/block';
import { availability } from './availability/block';
import { identityConflicts } from './identity-conflicts/block';
import { messageLog } from './message-log/block';
import { provisioning } from './provisioning/block';
import { refusedConnections } from './refused-connections/block';
import { stationChanges } from './station-changes/block';
import { SCHEMA, migrations } from './store/migrations';
import { telemetry } from './telemetry';
import { tenants } from './tenants/block';
import { unhandledMessages } from './unhandled-messages/block';

/** The schema of all blocks: one baseline, because their tables refer to each other. */
const schema = defineBlock({
  name: 'schema',
  migrations: migrations.filter(({ id }) => id !== outboxMigration(SCHEMA).id),
  build: () => undefined,
});

/** Tenants, stations, credentials, registration, availability. */
export const deviceConfig: ServiceDefinition = {
  name: 'device-config',
  schema: SCHEMA,
  lane: 'device',
  blocks: [
    schema,
    telemetry,
    unhandledMessages,
    stationChanges,
    availability,
    identityConflicts,
    messageLog,
    provisioning,
    refusedConnections,
    apiKeys,
    tenants,
    auditLog,
  ],
};
