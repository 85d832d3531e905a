import { freshDatabase, type FreshDatabase } from '@voltbus/testing';
import { RowSecurityUnavailable, openDatabase, rowSecurityTrouble, type Database, type RowSecurity } from '../connection/typeorm-database';
import { prepared } from '../connection/typeorm-prepared';
import { outboxMigration } from '../outbox/typeorm-outbox';
import { runForAllTenants, runForTenant } from './tenant-scope';

const SCHEMA = 'noted';
const NOTES = {
  id: '0001-notes',
  sql: `CREATE TABLE noted.notes (tenant text NOT NULL, id integer NOT NULL, body text, PRIMARY KEY (tenant, id));
CREATE TABLE noted.pages (tenant text NOT NULL, at date NOT NULL, body text) PARTITION BY RANGE (at);
CREATE TABLE noted.pages_2026 PARTITION OF noted.pages FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE SEQUENCE noted.numbers; CREATE TABLE noted.counters (name text PRIMARY KEY, number bigint DEFAULT nextval('noted.numbers'))`,
};
const MIGRATIONS = [outboxMigration(SCHEMA), NOTES];
const ALL = 'SELECT tenant, id, body FROM noted.notes ORDER BY tenant, id';

let fresh: FreshDatabase;
const opened: Database[] = [];

async function open(rowSecurity?: RowSecurity, migrations = MIGRATIONS): Promise<Database> {
  const database = await openDatabase({ url: fresh.url, schema: SCHEMA, migrations, poolSize: 1, ...(rowSecurity && { rowSecurity }) });
  opened.push(database);
  return database;
}

/** A database with one row of each of two tenants. */
async function filled(rowSecurity?: RowSecurity): Promise<Database> {
  const database = await open(rowSecurity);
  await database.query(`INSERT INTO noted.notes VALUES ('a', 1, 'of a'), ('b', 1, 'of b')`);
  await database.query(`INSERT INTO noted.pages VALUES ('a', '2026-02-02', 'of a'), ('b', '2026-02-02', 'of b')`);
  await database.query(
    `INSERT INTO noted.outbox (shard, topic, key, headers, value) VALUES (0, 't', 'a/1', '{}', ''), (0, 't', 'b/1', '{}', '')`,
  );
  return database;
}

const asA = <T>(work: () => T): T => runForTenant('a', work);
const ofA = { tenant: 'a', id: 1, body: 'of a' };
const ofB = { tenant: 'b', id: 1, body: 'of b' };

beforeEach(async () => {
  fresh = await freshDatabase();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.destroy()));
  await fresh.drop();
});

describe('work of one tenant', () => {
  it('reads its rows alone, whatever the statement asks for, and all others read what they read before', async () => {
    const database = await filled();
    expect(await asA(() => database.query(ALL))).toEqual([ofA]);
    expect(await asA(() => database.query(`${ALL} LIMIT $1`, [9]))).toEqual([ofA]);
    expect(await asA(() => database.query('SELECT body FROM noted.pages'))).toEqual([{ body: 'of a' }]);
    expect(await asA(() => database.query('SELECT key FROM noted.outbox'))).toEqual([{ key: 'a/1' }]);
    expect(await asA(() => runForAllTenants(() => database.query(ALL)))).toEqual([ofA, ofB]);
    expect(await database.query(ALL)).toEqual([ofA, ofB]);
  });

  it('changes and removes its rows alone, and writes none of another tenant', async () => {
    const database = await filled();
    await asA(() => database.query(`UPDATE noted.notes SET body = 'changed'`));
    expect(await database.query(ALL)).toEqual([{ ...ofA, body: 'changed' }, ofB]);
    await asA(() => database.query('DELETE FROM noted.notes'));
    expect(await database.query(ALL)).toEqual([ofB]);
    const refused = expect.objectContaining({ message: expect.stringContaining('violates row-level security policy') as string }) as object;
    const written = [
      `INSERT INTO noted.notes VALUES ('b', 2, 'of a')`,
      `INSERT INTO noted.notes VALUES ('b', 1, 'of a') ON CONFLICT (tenant, id) DO UPDATE SET body = 'of a'`,
      `INSERT INTO noted.pages VALUES ('b', '2026-03-03', 'of a')`,
      `INSERT INTO noted.outbox (shard, topic, key, headers, value) VALUES (0, 't', 'b/1', '{}', '')`,
    ];
    for (const statement of written) await expect(asA(() => database.query(statement))).rejects.toEqual(refused);
    await asA(() => database.query(`INSERT INTO noted.notes VALUES ('a', 2, 'of a')`));
    await expect(asA(() => database.query(`UPDATE noted.notes SET tenant = 'b'`))).rejects.toEqual(refused);
    await expect(asA(() => database.query('SELECT * FROM noted.pages_2026'))).rejects.toThrow('permission denied');
    expect(await database.query(ALL)).toEqual([{ ...ofA, id: 2 }, ofB]);
  });

  it('is limited within transactions and savepoints, by prepared statements too, and the connection is free of it afterwards', async () => {
    const database = await filled();
    const statement = { name: 'notes', text: ALL };
    const read = () => database.transaction((manager) => prepared(manager, statement, []));
    expect(await read()).toEqual([ofA, ofB]);
    expect(await asA(read)).toEqual([ofA]);
    expect(await runForTenant('b', read)).toEqual([ofB]);
    expect(await read()).toEqual([ofA, ofB]);
    await asA(() =>
      database.transaction(async (manager) => {
        const failed = manager.transaction((savepoint) => savepoint.query('SELECT nothing'));
        await expect(failed).rejects.toThrow('does not exist');
        expect(await manager.query(ALL)).toEqual([ofA]);
        expect(await manager.query(`INSERT INTO noted.counters (name) VALUES ('a') RETURNING number`)).toEqual([{ number: '1' }]);
      }),
    );
    expect(await database.query('SELECT current_user, current_setting($1) AS tenant', ['voltbus.tenant'])).toEqual([
      { current_user: new URL(fresh.url).username, tenant: '' },
    ]);
  });

  it('can prepare a statement again whose first attempt the server skipped', async () => {
    const database = await filled();
    const statement = { name: 'notes', text: `${ALL} LIMIT $1` };
    await asA(() =>
      database.transaction(async (manager) => {
        await expect(manager.query('SELECT nothing')).rejects.toThrow('does not exist');
        await expect(prepared(manager, statement, [9])).rejects.toThrow('current transaction is aborted');
        throw new Error('rolled back');
      }),
    ).catch(() => undefined);
    expect(await asA(() => database.transaction((manager) => prepared(manager, statement, [9])))).toEqual([ofA]);
  });

  it('sees nothing where its tenant is empty', async () => {
    const database = await filled();
    expect(await runForTenant('', () => database.query(ALL))).toEqual([]);
  });

  it('fails, and reaches no row, when the role is taken away', async () => {
    const database = await filled();
    await fresh.giveTo('postgres');
    await expect(asA(() => database.query(ALL))).rejects.toThrow('permission denied to set role "pg_database_owner"');
    await expect(asA(() => database.query('DELETE FROM noted.notes'))).rejects.toThrow('permission denied to set role');
    expect(await database.query(ALL)).toEqual([ofA, ofB]);
  });
});

describe('a database', () => {
  it('gives a new table its policies, beside an older process', async () => {
    const older = await filled();
    const more = { id: '0002-more', sql: 'CREATE TABLE noted.more (tenant text, body text)' };
    const newer = await open('preferred', [...MIGRATIONS, more]);
    await older.query(`INSERT INTO noted.more VALUES ('a', 'of a'), ('b', 'of b')`);
    expect(await asA(() => newer.query('SELECT body FROM noted.more'))).toEqual([{ body: 'of a' }]);
    expect(await older.query(ALL)).toEqual([ofA, ofB]);
  });

  it('whose owner is another cannot limit anybody, says so, and is not opened where that is required', async () => {
    await fresh.giveTo('postgres');
    const { username: user, pathname } = new URL(fresh.url);
    const trouble = `the user ${user} does not own the database ${pathname.slice(1)}, and cannot take the role pg_database_owner`;
    const database = await filled();
    expect(rowSecurityTrouble(database)).toBe(trouble);
    expect(await asA(() => database.query(ALL))).toEqual([ofA, ofB]);
    await expect(open('required')).rejects.toThrow(new RowSecurityUnavailable(trouble));
  });

  it('limits requests of a superuser too', async () => {
    const options = { url: fresh.superuserUrl, schema: SCHEMA, migrations: MIGRATIONS, poolSize: 1, rowSecurity: 'required' } as const;
    const database = await openDatabase(options);
    opened.push(database);
    await database.query(`INSERT INTO noted.notes VALUES ('a', 1, 'of a'), ('b', 1, 'of b')`);
    expect(await asA(() => database.query(ALL))).toEqual([ofA]);
    expect(await database.query(ALL)).toEqual([ofA, ofB]);
  });

  it('limits nobody where that is turned off, and says nothing', async () => {
    const database = await filled('off');
    expect(rowSecurityTrouble(database)).toBeNull();
    expect(await asA(() => database.query(ALL))).toEqual([ofA, ofB]);
  });
});
