import { gate, testMetrics, type TestMetrics } from '@voltbus/testing';
import type { DataSource } from 'typeorm';
import { prepared } from '../connection/typeorm-prepared';
import { countedOnceCommitted } from './counted-once-committed';
import { ADD, NotesDatabase, many, refOf } from './testing/notes-database';
import { StationTransactions } from './typeorm-station-transactions';

let notes: NotesDatabase;
let dataSource: DataSource;
let stations: StationTransactions;
let counted: TestMetrics;
beforeAll(async () => {
  notes = await NotesDatabase.start();
  ({ dataSource } = notes);
});
afterAll(() => notes?.close());
beforeEach(async () => {
  await notes.clear();
  counted = testMetrics();
  stations = new StationTransactions(dataSource, { metrics: counted, work: 'notes' });
});

describe('what works count', () => {
  it('is counted once with the commit, though the works were done again, and not of the work that fails', async () => {
    const metrics = countedOnceCommitted(counted);
    const done = metrics.counter('works_total', '', ['station']);
    const took = metrics.histogram('work_seconds', '');
    await Promise.allSettled(
      many.map((station) =>
        stations.run(refOf(station), async (manager) => {
          await prepared(manager, ADD, [`S${station}`, 1, null, null]);
          done.add(1, { station: String(station) });
          took.observe(station);
          if (station === 7) throw new Error('this one never succeeds');
        }),
      ),
    );
    const others = many.filter((station) => station !== 7);
    expect(many.filter((station) => counted.total('works_total', { station: String(station) }) === 1)).toEqual(others);
    expect(counted.total('works_total')).toBe(others.length);
    expect([...counted.observed('work_seconds')].sort((a, b) => a - b)).toEqual(others);
  });

  it('is not counted before the commit, and at once outside of a work, also behind its end', async () => {
    const done = countedOnceCommitted(counted).counter('works_total', '');
    const [counting, commit, ended] = [gate(), gate(), gate()];
    let later: Promise<void> = Promise.resolve();
    const running = stations.run(refOf(1), async () => {
      done.add(1);
      later = ended.opened.then(() => done.add(1)); // goes on in the context of the work
      counting.open();
      await commit.opened;
    });
    await counting.opened;
    expect(counted.total('works_total')).toBe(0);
    commit.open();
    await running;
    expect(counted.total('works_total')).toBe(1);
    ended.open();
    await later;
    done.add(1);
    expect(counted.total('works_total')).toBe(3);
  });
});
