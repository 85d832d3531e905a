import type { DataSource, EntityManager } from 'typeorm';
import { lockNamed } from '../connection/typeorm-locks';
import { setLockTimeout } from '../connection/typeorm-statement-timeout';
import {
  TABLES,
  TENANT_ROLE,
  TENANT_SETTING,
  conditionOf,
  policiesOf,
  rightsOn,
  type ReachedTable,
  type RowConditions,
} from './row-policies';

/** As long as a migration waits for a table: all that comes after it waits behind it. */
const LOCK_MS = 2_000;

/** Why the rows of a schema are not limited to the tenant of a request; null: they are. */
export type RowSecurityTrouble = string | null;

/** Whatever statements are sent with. */
export type Queried = Pick<EntityManager, 'query'>;

/** The tables of one schema. */
export interface SecuredSchema {
  schema: string;
  conditions?: RowConditions;
}

/**
 * Gives the tables of a schema the policies and rights that they lack, so that a new table needs nothing of its own; each in a transaction of its own, which
 * waits for a table as long as a migration does. Resolves with why requests cannot be limited here.
 */
export async function secureRows(dataSource: DataSource, secured: SecuredSchema): Promise<RowSecurityTrouble> {
  const trouble = await troubleOfRole(dataSource.manager);
  if (trouble !== null) return trouble;
  for (const { name } of (await tablesOf(dataSource, secured)).filter((table) => table.owned && lacks(table)))
    await secure(dataSource, secured, name);
  return dataSource.transaction((manager) => troubleOfTables(manager, secured));
}

interface SecuredTable extends ReachedTable {
  condition: string | null;
}

async function tablesOf(asked: Queried, { schema, conditions = {} }: SecuredSchema): Promise<SecuredTable[]> {
  const tables: ReachedTable[] = await asked.query(TABLES, [schema]);
  return tables.map((table) => ({ ...table, condition: conditionOf(table, conditions) }));
}

function lacks({ condition, limited, reachable }: SecuredTable): boolean {
  return !reachable || (condition !== null && !limited);
}

async function secure(dataSource: DataSource, secured: SecuredSchema, name: string): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await lockNamed(manager, `voltbus migrations ${secured.schema}`);
    await setLockTimeout(manager, LOCK_MS);
    const table = (await tablesOf(manager, secured)).find((one) => one.name === name); // another process may have been first
    if (table === undefined || !lacks(table)) return;
    if (table.condition !== null && !table.limited) await manager.query(policiesOf(name, table.condition));
    await manager.query(rightsOn(secured.schema, name));
  });
}

/** Whether the user can be limited at all. */
export async function troubleOfRole(asked: Queried): Promise<RowSecurityTrouble> {
  const [row]: { user: string; database: string; member: boolean | null }[] = await asked.query(
    `SELECT current_user AS user, current_database() AS database, (SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = '${TENANT_ROLE}') AS member`,
  );
  if (row?.member === true) return null;
  if (row?.member === null) return `there is no role ${TENANT_ROLE}: it is built into Postgres from 14 on`;
  return `the user ${row?.user} does not own the database ${row?.database}, and cannot take the role ${TENANT_ROLE}`;
}

/** Looks, as a request does, whether the policies of each table are in force. Takes the role of requests until the end of the transaction. */
export async function troubleOfTables(manager: Queried, secured: SecuredSchema): Promise<RowSecurityTrouble> {
  const tables = await tablesOf(manager, secured);
  await manager.query(`SELECT set_config('role', '${TENANT_ROLE}', true), set_config('${TENANT_SETTING}', '', true)`);
  const passedBy: { name: string }[] = await manager.query(
    'SELECT name FROM unnest($1::text[]) AS name WHERE NOT row_security_active(name::regclass)',
    [tables.filter(({ condition }) => condition !== null).map(({ name }) => name)],
  );
  const open = [...new Set([...passedBy, ...tables.filter(lacks)].map(({ name }) => name))];
  return open.length === 0 ? null : `tables of ${secured.schema} are not limited to the tenant of a request: ${open.join(', ')}`;
}
