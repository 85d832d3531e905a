import type { DataSource, EntityManager } from 'typeorm';
import { lockNamed } from '../connection/typeorm-locks';
import { setLockTimeout } from '../connection/typeorm-statement-timeout';
import { TABLES, TENANT_ROLE, TENANT_SETTING, policiesOf, rightsOn } from './row-policies';

/** As long as a migration waits for a table: all that comes after it waits behind it. */
const LOCK_MS = 2_000;

interface ReachedTable {
  name: string;
  /** Null: its rows are of no tenant. */
  tenant: string | null;
  owned: boolean;
  /** It lacks its policies. */
  open: boolean;
  /** Requests lack their rights. */
  closed: boolean;
}

/** Why the rows of a schema are not limited to the tenant of a request; null: they are. */
export type RowSecurityTrouble = string | null;

/**
 * Gives the tables of a schema the policies and rights that they lack, so that a new table needs nothing of its own; each in a transaction of its own, which
 * waits for a table as long as a migration does. Resolves with why requests cannot be limited here.
 */
export async function secureRows(dataSource: DataSource, schema: string): Promise<RowSecurityTrouble> {
  const trouble = await troubleOfRole(dataSource.manager);
  if (trouble !== null) return trouble;
  const tables = await dataSource.query<ReachedTable[]>(TABLES, [schema]);
  const lacking = tables.filter(({ open, closed, owned }) => owned && (open || closed));
  for (const { name } of lacking) await secure(dataSource, schema, name);
  return dataSource.transaction((manager) => troubleOfTables(manager, schema));
}

async function secure(dataSource: DataSource, schema: string, name: string): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await lockNamed(manager, `voltbus migrations ${schema}`);
    await setLockTimeout(manager, LOCK_MS);
    const tables: ReachedTable[] = await manager.query(TABLES, [schema]);
    const table = tables.find((one) => one.name === name);
    if (table?.open === true && table.tenant !== null) await manager.query(policiesOf({ name, tenant: table.tenant }));
    if (table?.closed === true) await manager.query(rightsOn(schema, name));
  });
}

async function troubleOfRole(manager: EntityManager): Promise<RowSecurityTrouble> {
  const [row] = await manager.query<{ user: string; database: string; member: boolean | null }[]>(
    `SELECT current_user AS user, current_database() AS database, (SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = '${TENANT_ROLE}') AS member`,
  );
  if (row?.member === true) return null;
  if (row?.member === null) return `there is no role ${TENANT_ROLE}: it is built into Postgres from 14 on`;
  return `the user ${row?.user} does not own the database ${row?.database}, and cannot take the role ${TENANT_ROLE}`;
}

/** Looks, as a request does, whether the policies of each table are in force. */
export async function troubleOfTables(manager: Pick<EntityManager, 'query'>, schema: string): Promise<RowSecurityTrouble> {
  const tables: ReachedTable[] = await manager.query(TABLES, [schema]);
  await manager.query(`SELECT set_config('role', '${TENANT_ROLE}', true), set_config('${TENANT_SETTING}', '', true)`);
  const inForce: { name: string; active: boolean }[] = await manager.query(
    'SELECT name, row_security_active(name::regclass) AS active FROM unnest($1::text[]) AS name',
    [tables.filter(({ tenant }) => tenant !== null).map(({ name }) => name)],
  );
  const open = inForce.filter(({ active }) => !active).map(({ name }) => name);
  const lacking = [...new Set([...open, ...tables.filter((table) => table.open || table.closed).map(({ name }) => name)])];
  return lacking.length === 0 ? null : `tables of ${schema} are not limited to the tenant of a request: ${lacking.join(', ')}`;
}
