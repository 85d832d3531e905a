import { outboxMigration, type Migration } from '@voltbus/database';
import { commandsMigration } from '../../commands/store/migrations/0010-commands';
import { deadLettersMigration } from '../../dead-letters/store/migrations/0020-dead-letters';

/** The database schema this service owns. */
export const SCHEMA = 'router';

export const migrations: readonly Migration[] = [outboxMigration(SCHEMA), commandsMigration, deadLettersMigration];
