import { openDatabase, undeclared } from '@voltbus/database';
import { freshDatabase } from '@voltbus/testing';
import { SCHEMA, TABLES, migrations } from '..';

it('every table is declared: whose its rows are and how they go, by an index where it is by age', async () => {
  const { url, drop } = await freshDatabase();
  const database = await openDatabase({ url, schema: SCHEMA, migrations });
  expect(await undeclared(database, TABLES)).toEqual([]);
  await database.destroy();
  await drop();
});
