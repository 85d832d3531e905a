import { outboxMigration, type Migration } from '@voltbus/database';
import { cdrsMigration } from './0001-cdrs';
import { tariffAssignmentsMigration } from './0010-tariff-assignments';
import { reviewsMigration } from './0140-reviews';
import { cdrsByAgeMigration } from './0173-cdrs-by-age';

/** The database schema this service owns. */
export const SCHEMA = 'cdr';

export const migrations: readonly Migration[] = [
  outboxMigration(SCHEMA),
  cdrsMigration,
  tariffAssignmentsMigration,
  reviewsMigration,
  cdrsByAgeMigration,
];
