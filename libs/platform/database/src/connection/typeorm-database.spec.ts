import { freshDatabase, testMetrics, type FreshDatabase } from '@voltbus/testing';
import { openDatabase } from './typeorm-database';

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

describe('the pool', () => {
  it('reports its backlog and its refused rows', async () => {
    const metrics = testMetrics();
    const opened = await openDatabase({ url: database.url, schema: 'pooled', migrations: [], poolSize: 1, metrics });
    const pool = () => [metrics.reading('db_pool_in_use'), metrics.reading('db_pool_waiting')];
    await opened.query('SELECT 1');
    expect(pool()).toEqual([0, 0]);
    const held = opened.createQueryRunner();
    await held.connect();
    const waiting = opened.query('SELECT 1');
    expect(pool()).toEqual([1, 1]);
    await held.release();
    await waiting;
    expect(pool()).toEqual([0, 0]);
    await opened.destroy();
  });
});
