import { outboxMigration, type Migration } from '@voltbus/database';
import { tenantsMigration } from '../../tenants/store/migrations/0010-tenants';
import { apiKeysMigration } from '../../api-keys/store/migrations/0020-api-keys';
import { provisioningMigration } from '../../provisioning/store/migrations/0030-provisioning';
import { availabilityMigration } from '../../availability/store/migrations/0040-availability';
import { identityConflictsMigration } from '../../identity-conflicts/store/migrations/0050-identity-conflicts';
import { refusedConnectionsMigration } from '../../refused-connections/store/migrations/0060-refused-connections';
import { messageLogMigration } from '../../message-log/store/migrations/0070-message-log';
import { unhandledMessagesMigration } from '../../unhandled-messages/store/migrations/0080-unhandled-messages';
import { auditLogMigration } from '../../audit-log/store/migrations/0090-audit-log';

/** The database schema this service owns. */
export const SCHEMA = 'device_config';

export const migrations: readonly Migration[] = [
  outboxMigration(SCHEMA),
  tenantsMigration,
  apiKeysMigration,
  provisioningMigration,
  availabilityMigration,
  identityConflictsMigration,
  refusedConnectionsMigration,
  messageLogMigration,
  unhandledMessagesMigration,
  auditLogMigration,
];
