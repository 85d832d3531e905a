import { testMetrics, type TestMetrics } from '@voltbus/testing';
import type { DataSource, EntityManager } from 'typeorm';
import { prepared } from '../connection/typeorm-prepared';
import { ADD, NotesDatabase, ROWS, SCHEMA, many, refOf } from './testing/notes-database';
import { StationTransactions } from './typeorm-station-transactions';

let notes: NotesDatabase;
let dataSource: DataSource;
let stations: StationTransactions;
let counted: TestMetrics;
let transactions: jest.SpyInstance;
beforeAll(async () => {
  notes = await NotesDatabase.start();
  ({ dataSource } = notes);
});
afterAll(() => notes?.close());
beforeEach(async () => {
  await notes.clear();
  counted = testMetrics();
  stations = new StationTransactions(dataSource, { metrics: counted, work: 'notes' });
  transactions = jest.spyOn(dataSource, 'transaction');
});
afterEach(() => transactions.mockRestore());

describe('transactions of stations', () => {
  it('of a station that fails change nothing, and the others are stored once', async () => {
    const run = (station: number) =>
      stations.run(refOf(station), async (manager) => {
        await prepared(manager, ROWS, [JSON.stringify([{ station: `S${station}`, nth: 1 }])]);
        if (station === 7) await manager.query(`INSERT INTO ${SCHEMA}.notes (station, nth) VALUES ('S7', 1)`); // it is there already
        if (station === 8) throw new Error('this one never succeeds');
      });
    const results = await Promise.allSettled(many.map(run));
    expect(results.flatMap(({ status }, station) => (status === 'rejected' ? [station] : []))).toEqual([7, 8]);
    expect(await notes.stored()).toEqual(
      many
        .filter((station) => station !== 7 && station !== 8)
        .map((station) => `S${station}:1:`)
        .sort(),
    );
  });

  it('are not taken for stored when a work goes on though a statement of it failed', async () => {
    const run = (station: number) =>
      stations.run(refOf(station), async (manager) => {
        await prepared(manager, ADD, [`S${station}`, 1, null, null]);
        if (station === 7) await manager.query('SELECT 1 / 0').catch(() => undefined);
      });
    const results = await Promise.allSettled(many.map(run));
    expect(results.flatMap(({ status }, station) => (status === 'rejected' ? [station] : []))).toEqual([7]);
    expect(await notes.stored()).toHaveLength(19);
  });

  it('of a station whose statements the server ends, as it does when they take too long, leave the others as they are', async () => {
    const run = (station: number) =>
      stations.run(refOf(station), async (manager) => {
        await prepared(manager, ADD, [`S${station}`, 1, null, null]);
        if (station === 7) await manager.query(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57014'; END $$`);
      });
    const results = await Promise.allSettled(many.map(run));
    expect(results.flatMap(({ status }, station) => (status === 'rejected' ? [station] : []))).toEqual([7]);
    expect(await notes.stored()).toHaveLength(19);
  });
});

describe('a station whose work fails', () => {
  const fails = () => Promise.reject(new Error('this one never succeeds'));
  /** All stations at once, of which one fails. */
  const together = (works: (manager: EntityManager) => Promise<unknown>) =>
    Promise.allSettled([
      stations.run(refOf('bad'), works),
      ...many.map((station) => stations.run(refOf(station), () => Promise.resolve())),
    ]);
  const shared = (outcome: string) => counted.total('db_shared_transactions_total', { work: 'notes', outcome });

  it('fails its neighbours once; from then on it goes alone, and they share one transaction', async () => {
    await together(fails);
    expect([shared('rolled-back'), shared('committed')]).toEqual([1, 0]);
    transactions.mockClear();
    const [bad, ...others] = await together(fails);
    expect([bad?.status, ...new Set(others.map(({ status }) => status))]).toEqual(['rejected', 'fulfilled']);
    expect([shared('rolled-back'), shared('committed')]).toEqual([1, 1]);
    expect(transactions).toHaveBeenCalledTimes(2);
  });

  it('shares again when a work of it has succeeded', async () => {
    await together(fails);
    await together(() => Promise.resolve());
    transactions.mockClear();
    await together(() => Promise.resolve());
    expect(transactions).toHaveBeenCalledTimes(1);
  });

  it('is not suspected because the database was away', async () => {
    transactions.mockRejectedValueOnce(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    expect((await together(() => Promise.resolve())).every(({ status }) => status === 'rejected')).toBe(true);
    transactions.mockClear();
    await together(() => Promise.resolve());
    expect(transactions).toHaveBeenCalledTimes(1);
  });
});
