import { openDatabase, rowSecurityTrouble, runForTenant, type Database } from '@voltbus/database';
import { migrationsOf, rowConditionsOf, tablesOf, type ServiceDefinition } from '@voltbus/service';
import { freshDatabase } from '@voltbus/testing';
import { SERVICES } from './schemas';

/** Tables whose rows are each of no tenant, or of several. A request can read them as before. */
const ERASURES = 'how far a service is with erasures: ids of runs and places in tables';
const OF_NO_TENANT: Readonly<Record<string, string>> = {
  'cdr.token_erasure_runs': ERASURES,
  'device_config.revocation_lists': 'of an issuer, whose list is public',
  'device_config.revoked_serials': 'of an issuer, whose list is public',
  'device_config.token_erasure_runs': ERASURES,
  'device_config.used_event_tickets': 'random ids of tickets',
  'router.token_erasure_runs': ERASURES,
  'transactions.token_erasure_runs': ERASURES,
  'webhooks.token_erasure_runs': ERASURES,
};

interface Column {
  name: string;
  type: string;
}

describe.each(SERVICES.map((service) => [service.name, service] as const))('the tables of %s', (_name, service) => {
  let database: Database;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const fresh = await freshDatabase();
    drop = fresh.drop;
    const rows = { rowSecurity: 'required', rowConditions: rowConditionsOf(service) } as const;
    database = await openDatabase({ url: fresh.url, schema: service.schema, migrations: migrationsOf(service), poolSize: 1, ...rows });
    await withoutRules(database, service.schema);
  });
  afterAll(async () => {
    await database.destroy();
    await drop();
  });

  it('are each limited to the tenant of a request, though its statements name none', async () => {
    expect(rowSecurityTrouble(database)).toBeNull();
    const found = [];
    const tables = await tablesWithTenant(database, service);
    expect(tables.length).toBeGreaterThan(1);
    for (const [table, tenant] of tables) found.push(await seenByA(database, `${service.schema}.${table}`, tenant));
    expect(found).toEqual(tables.map(([table]) => ({ table: `${service.schema}.${table}`, ...LIMITED })));
  });

  it('have a tenant, or a reason to have none', async () => {
    const limited = new Set((await tablesWithTenant(database, service)).map(([table]) => table));
    const declared = tablesOf(service).tables;
    expect(declared.filter(({ name, tenant }) => tenant !== null && !limited.has(name))).toEqual([]);
    const others = declared
      .filter(({ name }) => !limited.has(name) && name !== 'migrations')
      .map(({ name }) => `${service.schema}.${name}`)
      .sort();
    expect(others).toEqual(
      Object.keys(OF_NO_TENANT)
        .filter((name) => name.startsWith(`${service.schema}.`))
        .sort(),
    );
  });
});

/** What a request of tenant A meets in a table that has a row of A and one of B. */
const LIMITED = { reads: ['a'], changes: ['a'], removes: ['a'], gives: 'refused', inserts: 'refused', left: ['b'] };

async function seenByA(database: Database, table: string, { sql, column, of, owner }: Tenant) {
  const insert = (tenant: string) => insertRow(database, table, { [column]: of(tenant) });
  await database.query(`DELETE FROM ${table}`);
  for (const tenant of ['a', 'b']) {
    if (owner !== undefined) await insertRow(database, owner, { tenant, id: of(tenant) });
    await insert(tenant);
  }
  const asA = async (statement: string): Promise<string[]> => {
    const answer: unknown = await runForTenant('a', () => database.query(statement));
    const rows = statement.startsWith('SELECT') ? answer : (answer as unknown[])[0]; // TypeORM adds the count to rows that were changed
    return (rows as { tenant: string }[]).map(({ tenant }) => tenant);
  };
  const refused = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: Error) => (error.message.includes('violates row-level security policy') ? 'refused' : error.message),
    );
  const own = `RETURNING ${sql} AS tenant`;
  return {
    table,
    reads: await asA(`SELECT ${sql} AS tenant FROM ${table}`),
    changes: await asA(`UPDATE ${table} SET "${column}" = "${column}" ${own}`),
    gives: await refused(runForTenant('a', () => database.query(`UPDATE ${table} SET "${column}" = $1`, [of('b')]))),
    inserts: await refused(runForTenant('a', () => insert('b'))),
    removes: await asA(`DELETE FROM ${table} ${own}`),
    left: (await database.query<{ tenant: string }[]>(`SELECT ${sql} AS tenant FROM ${table}`)).map(({ tenant }) => tenant),
  };
}

interface Tenant {
  /** SQL: the tenant of a row. */
  sql: string;
  column: string;
  /** The value of the column in a row of that tenant. */
  of(tenant: string): string;
  /** The table in which the column is the id of a row of the tenant. */
  owner?: string;
}

async function insertRow(database: Database, table: string, given: Readonly<Record<string, string>>): Promise<void> {
  const [names, values] = [Object.keys(given), Object.values(given)];
  const others = (await columnsOf(database, table)).filter(({ name }) => !names.includes(name));
  const written = [...values.map((_, at) => `$${at + 1}`), ...others.map(({ type }) => valueOf(type, values[0] ?? ''))];
  const columns = [...names, ...others.map(({ name }) => name)].map((name) => `"${name}"`);
  await database.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${written.join(', ')})`, values);
}

/** From the catalogue; events that wait for the bus have their tenant in the key. */
async function tablesWithTenant(database: Database, { schema }: ServiceDefinition): Promise<[string, Tenant][]> {
  const rows = await database.query<{ table: string }[]>(
    `SELECT c.relname AS table FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname = 'tenant' ORDER BY 1`,
    [schema],
  );
  const byColumn = { sql: 'tenant', column: 'tenant', of: (tenant: string) => tenant };
  const byKey = { sql: `substring(key FROM '^[^/]*')`, column: 'key', of: (tenant: string) => `${tenant}/station` };
  const byImport = {
    sql: '(SELECT i.tenant FROM device_config.imports AS i WHERE i.id = import)',
    column: 'import',
    of: (tenant: string) => `00000000-0000-0000-0000-00000000000${tenant}`,
    owner: 'device_config.imports',
  };
  const others: [string, Tenant][] = [
    ['outbox', byKey],
    ...(schema === 'device_config' ? [['import_items', byImport] as [string, Tenant]] : []),
  ];
  return [...rows.map(({ table }): [string, Tenant] => [table, byColumn]), ...others];
}

/** The database is for this alone: rows of any content are stored, and partitions take all times. */
async function withoutRules(database: Database, schema: string): Promise<void> {
  const rules = await database.query<{ statement: string }[]>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement FROM pg_constraint
     WHERE connamespace = $1::regnamespace AND contype IN ('c', 'f') AND conislocal AND conparentid = 0
     UNION ALL SELECT format('ALTER TABLE %s DISABLE TRIGGER USER', oid::regclass) FROM pg_class
     WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
     UNION ALL SELECT format('CREATE TABLE %s_rest PARTITION OF %1$s DEFAULT', partrelid::regclass) FROM pg_partitioned_table JOIN pg_class ON oid = partrelid
     WHERE relnamespace = $1::regnamespace AND partdefid = 0`,
    [schema],
  );
  for (const { statement } of rules) await database.query(statement);
}

async function columnsOf(database: Database, table: string): Promise<Column[]> {
  return database.query<Column[]>(
    `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef AND attidentity = '' AND attgenerated = ''`,
    [table],
  );
}

function valueOf(type: string, tenant: string): string {
  if (type.endsWith('[]')) return `'{}'::${type}`;
  if (type === 'uuid') return 'gen_random_uuid()';
  if (/^(timestamp|date)/.test(type)) return 'now()';
  if (/^(small|big)?int|^integer|^numeric|^double|^real/.test(type)) return tenant.startsWith('a') ? '1' : '2';
  if (type === 'boolean') return 'false';
  return /^json/.test(type) ? `'{}'::${type}` : `'${tenant}'::${type}`;
}
