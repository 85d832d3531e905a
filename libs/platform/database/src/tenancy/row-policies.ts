/**
 * The role that statements of a tenant's request take. It is built into Postgres (14 or later), owns no table of ours, and its only member is the owner of
 * the database, which therefore needs no further right, and no role of another database on the same server has it.
 */
export const TENANT_ROLE = 'pg_database_owner';
/** The setting that names the tenant of a request. */
export const TENANT_SETTING = 'voltbus.tenant';

/** Empty for a request without a tenant: no tenant has an empty name. */
const OF_REQUEST = `current_setting('${TENANT_SETTING}', true)`;
/** Everybody else sees what they saw without policies: readers that you have given rights on the tables, and the services. */
const EVERYBODY = 'everybody';
const OF_TENANT = 'of_tenant';

/** Conditions of rows that a request may reach, by the names of tables without a tenant of their own. */
export type RowConditions = Readonly<Record<string, string>>;

/** A table that requests may reach, partitions by their table. */
export interface ReachedTable {
  table: string;
  /** With its schema. */
  name: string;
  hasTenant: boolean;
  /** Whether we may change it. */
  owned: boolean;
  /** It has its policies. */
  limited: boolean;
  /** Requests have their rights. */
  reachable: boolean;
}

/** SQL: the tables of schema `$1`, but for the record of its migrations. */
export const TABLES = `
SELECT c.relname AS table, c.oid::regclass::text AS name, pg_has_role(c.relowner, 'USAGE') AS owned,
  EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped) AS "hasTenant",
  c.relrowsecurity AND 2 = (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname IN ('${EVERYBODY}', '${OF_TENANT}')) AS limited,
  has_schema_privilege('${TENANT_ROLE}', n.oid, 'USAGE')
    AND (SELECT bool_and(has_table_privilege('${TENANT_ROLE}', c.oid, one)) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS one)
    AND NOT EXISTS (SELECT FROM pg_class s WHERE s.relnamespace = n.oid AND CASE s.relkind WHEN 'S' THEN NOT has_sequence_privilege('${TENANT_ROLE}', s.oid, 'USAGE') END)
    AS reachable
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migrations' ORDER BY c.relname`;

/** SQL: the condition of the rows of a table that a request may reach; null: all of them. */
export function conditionOf({ table, hasTenant }: ReachedTable, others: RowConditions): string | null {
  if (hasTenant) return `tenant = ${OF_REQUEST}`;
  if (table === 'outbox') return `split_part(key, '/', 1) = ${OF_REQUEST}`;
  return others[table] ?? null;
}

/** SQL: limits a table to those rows, for the role of requests alone. */
export function policiesOf(name: string, condition: string): string {
  return [
    `DROP POLICY IF EXISTS ${EVERYBODY} ON ${name}`,
    `DROP POLICY IF EXISTS ${OF_TENANT} ON ${name}`,
    `CREATE POLICY ${EVERYBODY} ON ${name} USING (true) WITH CHECK (true)`,
    `CREATE POLICY ${OF_TENANT} ON ${name} AS RESTRICTIVE TO ${TENANT_ROLE} USING (${condition}) WITH CHECK (${condition})`,
    `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`,
  ].join('; ');
}

/** SQL: what requests may do with a table of a schema; rows are limited by its policies. */
export function rightsOn(schema: string, name: string): string {
  return [
    `GRANT USAGE ON SCHEMA ${schema} TO ${TENANT_ROLE}`,
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${TENANT_ROLE}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${name} TO ${TENANT_ROLE}`,
  ].join('; ');
}
