import { freshDatabase, type FreshDatabase } from '@voltbus/testing';
import { openDatabase } from '../connection/typeorm-database';

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
});
