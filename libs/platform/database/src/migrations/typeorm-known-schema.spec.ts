import { freshDatabase, type FreshDatabase } from '@voltbus/testing';
import { Client } from 'pg';
import { openDatabase } from '../connection/typeorm-database';
import { UnknownSchema } from './typeorm-known-schema';
import { outboxMigration } from '../outbox/typeorm-outbox';
import type { Migration } from './migration';

const SCHEMA = 'stored';
const ONE: Migration = { id: '0010-one', sql: `CREATE TABLE ${SCHEMA}.one (id integer)` };
const TWO: Migration = { id: '0020-two', sql: `CREATE TABLE ${SCHEMA}.two (id integer)` };

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

/** The migrations that are recorded once a program with these has opened the database. */
async function opened(...migrations: Migration[]): Promise<string[]> {
  const dataSource = await openDatabase({
    url: database.url,
    schema: SCHEMA,
    migrations: [outboxMigration(SCHEMA), ...migrations],
    poolSize: 1,
  });
  const rows = await dataSource.query<{ name: string }[]>(`SELECT name FROM ${SCHEMA}.migrations ORDER BY name`);
  await dataSource.destroy();
  return rows.map(({ name }) => name.slice(0, -'-1700000000000'.length));
}

/** What another program left in the database. */
async function left(sql: string): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const refused = (migrations: Migration[]): Promise<unknown> => opened(...migrations).catch((error: unknown) => error);

describe('a database', () => {
  it('of this program or an earlier one in its line is brought up to date', async () => {
    expect(await opened()).toEqual(['0000-outbox']);
    expect(await opened(ONE)).toEqual(['0000-outbox', '0010-one']);
    expect(await opened(ONE, TWO)).toEqual(['0000-outbox', '0010-one', '0020-two']);
  });

  it('of a newer program is opened as it is, because both work side by side during a rolling upgrade', async () => {
    const newer = await opened(ONE, TWO);
    expect(await opened(ONE)).toEqual(newer);
    expect(await opened()).toEqual(newer);
  });

  it('whose schema has another past is refused in a sentence that names it, and stays as it is', async () => {
    await opened({ ...ONE, id: '0009-another-past' });
    const error = await refused([ONE]);
    expect(error).toBeInstanceOf(UnknownSchema);
    const { hostname, port, pathname } = new URL(database.url);
    expect((error as Error).message).toBe(
      `the database ${pathname.slice(1)} at ${decodeURIComponent(hostname)}:${port || 5432} holds a schema stored of another version of Voltbus, which this version does not ` +
        `continue: remove the database ${pathname.slice(1)} at ${decodeURIComponent(hostname)}:${port || 5432} to begin anew, or restore a backup made by this version`,
    );
    expect(await opened({ ...ONE, id: '0009-another-past' })).toEqual(['0000-outbox', '0009-another-past']);
  });

  it('that has another migration under the number of one of ours is refused', async () => {
    await opened({ ...ONE, id: '0010-another-past' });
    expect(await refused([ONE])).toBeInstanceOf(UnknownSchema);
  });

  it('whose migrations were recorded in the table of earlier programs is refused', async () => {
    await left(
      `CREATE SCHEMA ${SCHEMA}; CREATE TABLE ${SCHEMA}.migrations (id text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    expect(await refused([ONE])).toBeInstanceOf(UnknownSchema);
    expect(await refused([])).toBeInstanceOf(UnknownSchema);
  });
});
