import { outboxMigration, type Migration } from '@voltbus/database';
import { stationsMigration } from './0001-stations';
import { refusedConnectionsMigration } from './0020-refused-connections';
import { framesMigration } from './0021-frames';
import { showCostMigration } from './0030-show-cost';
import { masterPassMigration } from './0031-master-pass';
import { stationGroupMigration } from './0040-station-group';
import { apiKeysMigration } from './0050-api-keys';
import { pinnedProtocolMigration } from './0060-pinned-protocol';
import { reviewPolicyMigration } from './0141-reviews';
import { takeOversMigration } from './0151-take-overs';
import { growthMigration } from './0170-growth';
import { auditLogMigration } from './0180-audit-log';
import { apiKeyMakersMigration } from './0181-api-key-makers';
import { deletedTenantsMigration } from './0182-deleted-tenants';
import { connectorProblemsMigration } from './0190-connector-problems';

/** The database schema this service owns. */
export const SCHEMA = 'device_config';

export const migrations: readonly Migration[] = [
  outboxMigration(SCHEMA),
  stationsMigration,
  refusedConnectionsMigration,
  framesMigration,
  showCostMigration,
  masterPassMigration,
  stationGroupMigration,
  apiKeysMigration,
  pinnedProtocolMigration,
  reviewPolicyMigration,
  takeOversMigration,
  growthMigration,
  auditLogMigration,
  apiKeyMakersMigration,
  deletedTenantsMigration,
  connectorProblemsMigration,
];
