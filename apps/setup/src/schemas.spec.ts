import { openDatabase, undeclared } from '@voltbus/database';
import { migrationsOf, tablesOf } from '@voltbus/service';
import { freshDatabase } from '@voltbus/testing';
import { SERVICES } from './schemas';

it.each(SERVICES.map((service) => [service.name, service] as const))(
  '%s declares every table: whose its rows are and how they go, by an index where it is by age',
  async (_name, service) => {
    const { url, drop } = await freshDatabase();
    const database = await openDatabase({ url, schema: service.schema, migrations: migrationsOf(service) });
    expect(await undeclared(database, tablesOf(service))).toEqual([]);
    await database.destroy();
    await drop();
  },
);
