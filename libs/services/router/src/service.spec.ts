import { openDatabase, undeclared } from '@voltbus/database';
import { freshDatabase } from '@voltbus/testing';
import { SCHEMA, TABLES, migrations } from '.';

it('declares every table: whose rows it has and how long they are kept, with an index where that is by age', async () => {
  const { url, drop } = await freshDatabase();
  const database = await openDatabase({ url, schema: SCHEMA, migrations });
  expect(await undeclared(database, TABLES)).toEqual([]);
  await database.destroy();
  await drop();
});
