import { DatabaseLink, freshDatabase, type FreshDatabase } from '@voltbus/testing';
import type { DataSource } from 'typeorm';
import { databaseCheck } from './typeorm-database-check';
import { openDatabase } from './typeorm-database';

let database: FreshDatabase;
let link: DatabaseLink;
let dataSource: DataSource;
let check: () => Promise<string | null>;
beforeEach(async () => {
  database = await freshDatabase();
  link = await DatabaseLink.to(database.url);
  dataSource = await openDatabase({ url: link.url, schema: 'test', migrations: [], poolSize: 2 });
  check = databaseCheck(dataSource);
});
afterEach(async () => {
  await link.restore();
  await dataSource.destroy();
  await link.cut();
  await database.drop();
});

describe('the check of a database', () => {
  it('gives no reason while it answers, one while it is away, and none again when it is back', async () => {
    expect(await check()).toBeNull();
    await link.cut();
    expect(await check()).toMatch(/^is away \(.*\)$/);
    expect(await check()).toMatch(/ECONNREFUSED/);
    await link.restore();
    expect(await check()).toBeNull();
  });

  it('reports one that takes connections and never answers, and holds one connection over it, however often it is asked', async () => {
    const query = jest.spyOn(dataSource, 'query');
    link.freeze();
    expect(await Promise.all([check(), check(), check()])).toEqual(Array(3).fill('does not answer'));
    expect(await check()).toBe('does not answer');
    expect(query).toHaveBeenCalledTimes(1);
    await link.restore();
    await query.mock.results[0]?.value;
    await new Promise((next) => setImmediate(next));
    expect(await check()).toBeNull();
  });

  it('takes a pool for busy, not for away, while its connections come back from their work', async () => {
    const [one, other, next] = [1, 2, 3].map(() => dataSource.createQueryRunner());
    await Promise.all([one?.connect(), other?.connect()]);
    const waiting = next?.connect(); // before the check in the pool's queue
    const busy = check();
    await one?.release();
    await waiting;
    expect(await busy).toBeNull();
    expect(await check()).toBe('does not answer'); // nothing comes back any more
    await Promise.all([other?.release(), next?.release()]);
    expect(await check()).toBeNull();
  });
});
