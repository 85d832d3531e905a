import { TENANTS } from '@voltbus/contracts';
import { DELETED_TENANTS, OF_A_TENANT, type Database } from '@voltbus/database';
import { defineBlock } from './block';
import { onEach } from './on-event';

/**
 * The names of deleted tenants in a service's own schema: what is written of one while it is deleted, or later, is found by them and removed (`Retention`).
 * `migration`: the id of theirs.
 */
export function deletedTenants(schema: string, migration: string) {
  return defineBlock({
    name: 'deleted-tenants',
    migrations: [
      {
        id: migration,
        sql: `
CREATE TABLE ${schema}.${DELETED_TENANTS} (
  tenant text PRIMARY KEY,
  -- When this service heard of it last.
  deleted_at timestamptz NOT NULL
);
`,
      },
    ],
    tables: [
      {
        ...OF_A_TENANT,
        name: DELETED_TENANTS,
        holds: 'Names of tenants that were deleted',
        madeBy: 'operators',
        bound: "the administrator's will",
        keeping: { kind: 'ever', why: 'a name is never given again' },
      },
    ],
    build: ({ database, now }) => ({ remember: (tenant: string) => remember(database, schema, { tenant, at: now() }) }),
    on: ({ remember }) => [onEach(TENANTS.events.deleted, ({ tenant }) => remember(tenant))],
  });
}

async function remember(database: Database, schema: string, { tenant, at }: { tenant: string; at: Date }): Promise<void> {
  await database.query(
    `INSERT INTO ${schema}.${DELETED_TENANTS} (tenant, deleted_at) VALUES ($1, $2) ON CONFLICT (tenant) DO UPDATE SET deleted_at = excluded.deleted_at`,
    [tenant, at],
  );
}
