export { DatabaseInspection, type InspectedDatabase, type InspectedSchema } from './connection/database-inspection';
export { databaseRefusal } from './connection/database-refusal';
export { addressOf } from './connection/database-url';
export { DataFolderInUse } from './embedded/embedded-files';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded/embedded-postgres';
export { SupervisedPostgres } from './embedded/supervised-postgres';
export { servesFrom } from './embedded/orphaned-server';
export { DATABASE_WAITS, type DatabaseWaits } from './connection/pg-client';
export { migrationName, type Migration } from './migrations/migration';
export { outboxEvent, type OutboxEvent } from './outbox/outbox-event';
export { UnknownSchema } from './migrations/typeorm-known-schema';
export { isDataError, isTransientDatabaseError, transiently } from './connection/transient';
export { setLockTimeout, setStatementTimeout } from './connection/typeorm-statement-timeout';
export { databaseCheck } from './connection/typeorm-database-check';
export { DatabaseLease, LEASE_LAPSE_MS } from './connection/typeorm-database-lease';
export { type Statement } from './connection/statement';
export { prepared, preparedAlone, selectRows } from './connection/typeorm-prepared';
export { lockNamed, lockStation, takeTurn, tryLocks } from './connection/typeorm-locks';
export { countedOnceCommitted } from './stations/counted-once-committed';
export { StationTransactions } from './stations/typeorm-station-transactions';
export {
  RowSecurityUnavailable,
  openDatabase,
  rowSecurityTrouble,
  type Database,
  type DatabaseOptions,
  type EntityClass,
} from './connection/typeorm-database';
export { Outbox, outboxMigration } from './outbox/typeorm-outbox';
export { OutboxRelay, type OutboxRelayOptions } from './outbox/typeorm-outbox-relay';
export { ERASURE_WATCH_DAYS, type ErasedToken, type TokenTrace } from './erasure/token-traces';
export { TypeormTokenTraces, type Place, type Step } from './erasure/typeorm-token-traces';
export { OWN_TABLES, RETENTION, USUAL_RETENTION } from './retention/retention';
export {
  filteredBy,
  shownAs,
  type ListOrder,
  type ListRows,
  type ListSlice,
  type ListSource,
  type ListTotal,
  type Position,
} from './lists/list-slice';
export { runForAllTenants, runForTenant } from './tenancy/tenant-scope';
export { runWithStations } from './lists/station-scope';
export {
  among,
  amongIgnoringCase,
  amongUpper,
  before,
  beginsWith,
  beginsWithIgnoringCase,
  containsIgnoringCase,
  havingAny,
  isTrue,
  notBefore,
  type Bind,
} from './lists/conditions';
export { TypeormList, type ListDefinition } from './lists/typeorm-list';
export { HISTORY, OF_A_STATION, OF_A_TENANT, WITH_STATION, WITH_TENANT } from './retention/table-kinds';
export { type PassingSealed, type SealedColumn } from './sealed/sealed-column';
export { Resealing, type SealedCounts } from './sealed/typeorm-resealing';
export { type Keeping, type RetentionDays, type RetentionName, type SchemaDeclaration, type TableDeclaration } from './retention/retention';
export {
  BATCH_MS,
  DELETED_TENANTS,
  DELETED_TENANT_DAYS,
  REMOVAL_BATCH,
  RETENTION_INTERVAL_MS,
  Retention,
  undeclared,
  type Batch,
} from './retention/typeorm-retention';
