import { freshDatabase, type FreshDatabase } from '@voltbus/testing';
import { isTransientDatabaseError } from '../connection/transient';
import { inTransaction, openDatabase } from '../connection/typeorm-database';

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

describe('migrations', () => {
  it('are applied once, though several processes start at the same time', async () => {
    const migrations = [{ id: '0001-one', sql: 'CREATE TABLE twins.one (id int)' }];
    const opened = await Promise.all(
      Array.from({ length: 4 }, () => openDatabase({ url: database.url, schema: 'twins', migrations, poolSize: 1 })),
    );
    expect(await opened[0]?.query('SELECT name FROM twins.migrations')).toEqual([{ name: '0001-one-1700000000001' }]);
    await Promise.all(opened.map((one) => one.destroy()));
  });

  it('that fail change nothing and name themselves', async () => {
    const migrations = [
      { id: '0001-good', sql: 'CREATE TABLE broken.good (id int)' },
      { id: '0002-bad', sql: 'CREATE TABLE oops' },
    ];
    await expect(openDatabase({ url: database.url, schema: 'broken', migrations })).rejects.toThrow('migration broken.0002-bad failed');
    const other = await openDatabase({ url: database.url, schema: 'other', migrations: [], poolSize: 1 });
    expect(await other.query(`SELECT to_regnamespace('broken') AS there`)).toEqual([{ there: null }]);
    await other.destroy();
  });

  it('that cannot have a lock stop nobody behind them, change nothing, and succeed at another time', async () => {
    const first = [
      { id: '0001-one', sql: 'CREATE TABLE busy.one (id int)' },
      { id: '0002-two', sql: 'CREATE TABLE busy.two (id int)' },
    ];
    const next = [
      ...first,
      { id: '0003-columns', sql: 'ALTER TABLE busy.two ADD COLUMN more text; ALTER TABLE busy.one ADD COLUMN more text' },
    ];
    const options = { url: database.url, schema: 'busy', poolSize: 2 };
    const older = await openDatabase({ ...options, migrations: first });
    await inTransaction(older, async (reader) => {
      await reader.query('SELECT * FROM busy.one'); // a query that goes on for long
      const migrating = openDatabase({ ...options, migrations: next }).catch((error: unknown) => error);
      // the tables are free again before the reader is done
      expect(await older.query('SELECT * FROM busy.two')).toEqual([]);
      const error = await migrating;
      expect(error).toMatchObject({ message: 'migration busy.0003-columns failed: canceling statement due to lock timeout' });
      expect(isTransientDatabaseError(error)).toBe(true);
      expect(await older.query('SELECT * FROM busy.one, busy.two')).toEqual([]);
    });
    const newer = await openDatabase({ ...options, migrations: next });
    expect(
      await newer.query('SELECT count(*)::int AS columns FROM information_schema.columns WHERE table_schema = $1 AND column_name = $2', [
        'busy',
        'more',
      ]),
    ).toEqual([{ columns: 2 }]);
    await Promise.all([older.destroy(), newer.destroy()]);
  });
});
