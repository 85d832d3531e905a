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

/** A table whose rows are each of a tenant. */
export interface TenantTable {
  /** With its schema, quoted where it must be. */
  name: string;
  /** SQL: the tenant of a row. */
  tenant: string;
}

/** SQL: the tables of schema `$1` that requests may reach, partitions by their table, and what each of them lacks. */
export const TABLES = `
SELECT c.oid::regclass::text AS name, t.tenant, pg_has_role(c.relowner, 'USAGE') AS owned,
  t.tenant IS NOT NULL AND NOT (c.relrowsecurity AND p.policies = 2) AS open,
  NOT (has_schema_privilege('${TENANT_ROLE}', n.oid, 'USAGE') AND r.rights AND coalesce(s.rights, true)) AS closed
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT CASE
  WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped) THEN 'tenant'
  WHEN c.relname = 'outbox' THEN 'split_part(key, ''/'', 1)' END) AS t (tenant)
CROSS JOIN LATERAL (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname IN ('${EVERYBODY}', '${OF_TENANT}')) AS p (policies)
CROSS JOIN LATERAL (SELECT bool_and(has_table_privilege('${TENANT_ROLE}', c.oid, one)) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) one) AS r (rights)
CROSS JOIN LATERAL (SELECT bool_and(has_sequence_privilege('${TENANT_ROLE}', s.oid, 'USAGE')) FROM pg_class s WHERE s.relnamespace = n.oid AND s.relkind = 'S') AS s (rights)
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migrations' ORDER BY c.relname`;

/** SQL: limits a table to the tenant of the request, for the role of requests alone. */
export function policiesOf({ name, tenant }: TenantTable): string {
  const own = `${tenant} = ${OF_REQUEST}`;
  return [
    `DROP POLICY IF EXISTS ${EVERYBODY} ON ${name}`,
    `DROP POLICY IF EXISTS ${OF_TENANT} ON ${name}`,
    `CREATE POLICY ${EVERYBODY} ON ${name} USING (true) WITH CHECK (true)`,
    `CREATE POLICY ${OF_TENANT} ON ${name} AS RESTRICTIVE TO ${TENANT_ROLE} USING (${own}) WITH CHECK (${own})`,
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
