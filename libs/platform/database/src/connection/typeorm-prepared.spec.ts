import { freshDatabase, type FreshDatabase } from '@voltbus/testing';
import { isTransientDatabaseError } from './transient';
import { inTransaction, openDatabase, type Database } from './typeorm-database';
import { prepared } from './typeorm-prepared';

const EVERYTHING = { name: 'everything', text: 'SELECT * FROM spec.things' };

let fresh: FreshDatabase;
let database: Database;
beforeEach(async () => {
  fresh = await freshDatabase();
  const migrations = [{ id: '0001-things', sql: 'CREATE TABLE spec.things (id int); INSERT INTO spec.things VALUES (1)' }];
  database = await openDatabase({ url: fresh.url, schema: 'spec', migrations, poolSize: 1 });
});
afterEach(async () => {
  await database.destroy();
  await fresh.drop();
});

const read = () => inTransaction(database, (manager) => prepared(manager, EVERYTHING, []));

describe('a prepared statement whose table a newer program has changed', () => {
  it('fails once with what is tried again, and then runs on another connection', async () => {
    expect(await read()).toEqual([{ id: 1 }]);
    await database.query('ALTER TABLE spec.things ADD COLUMN more int');
    const error = await read().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: 'cached plan must not change result type' });
    expect(isTransientDatabaseError(error)).toBe(true);
    expect(await read()).toEqual([{ id: 1, more: null }]);
  });
});
