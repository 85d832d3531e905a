import { outboxMigration, type Migration } from '@voltbus/database';
import { tariffsMigration } from '../../tariffs/store/migrations/0010-tariffs';
import { cdrsMigration } from '../../cdrs/store/migrations/0020-cdrs';
import { reviewMigration } from '../../review/store/migrations/0030-review';

/** The database schema this service owns. */
export const SCHEMA = 'cdr';

export const migrations: readonly Migration[] = [outboxMigration(SCHEMA), tariffsMigration, cdrsMigration, reviewMigration];
