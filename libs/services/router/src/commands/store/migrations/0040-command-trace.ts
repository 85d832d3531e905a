import type { Migration } from '@voltbus/database';

/** W3C traceparent of what requested a command, so that its trace goes on in the process that dispatches it. Null while no traces are recorded. */
export const commandTraceMigration: Migration = {
  id: '0040-command-trace',
  sql: 'ALTER TABLE router.commands ADD COLUMN traceparent text;',
};
