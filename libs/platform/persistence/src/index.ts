export { DataFolderInUse } from './embedded-place';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';
export { servesFrom } from './left-behind';
export { type Migration } from './migrations';
export { type OutboxEvent } from './outbox';
export { isDataError, isTransientDatabaseError, transiently } from './transient';
export { openDatabase, type DatabaseOptions } from './typeorm-database';
export { Outbox, outboxMigration } from './typeorm-outbox';
export { OutboxRelay, type OutboxRelayOptions } from './typeorm-outbox-relay';
