import type { Migration } from '@voltbus/database';

/** How many commands of a station, and of a tenant, have no end yet. */
export const openCommandsMigration: Migration = {
  id: '0172-open-commands',
  sql: `
CREATE INDEX commands_open_by_station ON router.commands (tenant, station) WHERE status IN ('queued', 'sent');
`,
};
