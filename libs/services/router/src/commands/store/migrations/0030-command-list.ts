import type { Migration } from '@voltbus/database';

/** Indexes of `GET /v1/commands`: each filter has one, in the order of the pages. */
export const commandListMigration: Migration = {
  id: '0030-command-list',
  sql: `
CREATE INDEX commands_by_status ON router.commands (tenant, status, created_at DESC, id DESC);
CREATE INDEX commands_by_action ON router.commands (tenant, action, created_at DESC, id DESC);
CREATE INDEX commands_by_end ON router.commands (tenant, coalesce(ended_at, 'infinity'::timestamptz), id);
`,
};
