import { outboxMigration, type Migration } from '@voltbus/database';
import { commandsMigration } from './0001-commands';
import { deadLettersMigration } from './0002-dead-letters';
import { sealedSecretsMigration } from './0150-sealed-secrets';
import { openCommandsMigration } from './0172-open-commands';

/** The database schema this service owns. */
export const SCHEMA = 'router';

export const migrations: readonly Migration[] = [
  outboxMigration(SCHEMA),
  commandsMigration,
  deadLettersMigration,
  sealedSecretsMigration,
  openCommandsMigration,
];
