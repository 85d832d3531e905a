import { freshDatabase, type FreshDatabase } from '@voltbus/testing';
import { isTransientDatabaseError } from './transient';
import { inTransaction, openDatabase, type Database } from './typeorm-database';
import { prepared, preparedAlone } from './typeorm-prepared';

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

describe('a prepared statement that is run by itself', () => {
  const alone = { name: 'alone', text: 'SELECT id + $1::int AS id FROM spec.things' };

  it('returns its rows, is planned once, and gives its connection back', async () => {
    for (const more of [1, 2]) expect(await preparedAlone(database, alone, [more])).toEqual([{ id: 1 + more }]);
    const prepares = await database.query("SELECT name FROM pg_prepared_statements WHERE name = 'alone'"); // of the pool's only connection
    expect(prepares).toEqual([{ name: 'alone' }]);
  });

  it('that fails gives its connection back too', async () => {
    await expect(preparedAlone(database, { name: 'broken', text: 'SELECT 1 / $1::int' }, [0])).rejects.toThrow('division by zero');
    expect(await preparedAlone(database, alone, [1])).toEqual([{ id: 2 }]);
  });

  it('is rejected, and the process goes on, when its connection ends before the answer', async () => {
    const ending = { name: 'ending', text: 'SELECT pg_terminate_backend(pg_backend_pid())' };
    const error = await preparedAlone(database, ending, []).catch((reason: unknown) => reason);
    expect(isTransientDatabaseError(error)).toBe(true);
    expect(await preparedAlone(database, alone, [1])).toEqual([{ id: 2 }]);
  });

  it('runs on another connection after a newer program has changed its table', async () => {
    expect(await preparedAlone(database, EVERYTHING, [])).toEqual([{ id: 1 }]);
    await database.query('ALTER TABLE spec.things ADD COLUMN more int');
    await expect(preparedAlone(database, EVERYTHING, [])).rejects.toThrow('cached plan must not change result type');
    expect(await preparedAlone(database, EVERYTHING, [])).toEqual([{ id: 1, more: null }]);
  });
});
