import { gate, testMetrics, until, within, type TestMetrics } from '@voltbus/testing';
import type { DataSource, EntityManager } from 'typeorm';
import type { Statement } from '../connection/statement';
import { lockNamed, lockStation } from '../connection/typeorm-locks';
import { prepared } from '../connection/typeorm-prepared';
import { ADD, CHANGE, NOTES, NotesDatabase, ROWS, SCHEMA, many, refOf } from './testing/notes-database';
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

/** Takes different ways by station: some write twice, some read what they wrote. */
async function work(manager: EntityManager, station: number): Promise<unknown[]> {
  const at = new Date(Date.UTC(2026, 0, 1 + station));
  await prepared(manager, ADD, [`S${station}`, 1, JSON.stringify({ quoted: `"${station}\\{}'` }), at]);
  if (station % 2 === 0) await prepared(manager, ADD, [`S${station}`, 2, null, null]);
  if (station % 3 === 0) await prepared(manager, CHANGE, [`S${station}`, JSON.stringify({ changed: station })]);
  const returned = await prepared<{ station: string }>(manager, ROWS, [JSON.stringify([{ station: `S${station}`, nth: 9 }])]);
  expect(returned.map((row) => row.station)).toContain(`S${station}`);
  return prepared(manager, NOTES, [`S${station}`, [1, 2, 9]]);
}

describe('transactions of stations', () => {
  it('share one transaction when they come together, and do what they do alone', async () => {
    const together = await Promise.all(many.map((station) => stations.run(refOf(station), (manager) => work(manager, station))));
    expect(transactions).toHaveBeenCalledTimes(1);
    const after = await notes.stored();
    await dataSource.query(`TRUNCATE ${SCHEMA}.notes`);
    for (const station of many) expect(await stations.run(refOf(station), (manager) => work(manager, station))).toEqual(together[station]);
    expect(await notes.stored()).toEqual(after);
    expect(after).toHaveLength(50);
  });

  it('merge equal statements: twenty stations cost as many round trips as one', async () => {
    notes.statements.length = 0;
    await Promise.all(
      many.map((station) => stations.run(refOf(station), (manager) => prepared(manager, ADD, [`S${station}`, 1, null, null]))),
    );
    expect(notes.statements.filter((name) => name.startsWith('note-add'))).toEqual(['note-add-merged']);
    expect(await notes.stored()).toHaveLength(20);
  });

  it('keep the order of the rows of each, also of more than Postgres sorts in memory', async () => {
    await dataSource.query(
      `INSERT INTO ${SCHEMA}.notes (station, nth, body) SELECT 'S' || s, n, to_jsonb(repeat('x', 200)) FROM generate_series(0, 3) s, generate_series(1, 3000) n`,
    );
    const read: Statement = {
      name: 'notes-all',
      merge: ['text'],
      text: `SELECT nth, body FROM ${SCHEMA}.notes WHERE station = $1 ORDER BY nth`,
    };
    const run = (station: number) =>
      stations.run(refOf(station), async (manager) => {
        await manager.query(`SET LOCAL work_mem = '64kB'`);
        return (await prepared<{ nth: number }>(manager, read, [`S${station}`])).map(({ nth }) => nth);
      });
    const inOrder = Array.from({ length: 3_000 }, (_, index) => index + 1);
    expect(await Promise.all([0, 1, 2, 3].map(run))).toEqual([inOrder, inOrder, inOrder, inOrder]);
  });

  it('take arrays that are null or empty, and say nothing of values that are left out', async () => {
    const array: Statement = { name: 'array', merge: ['integer[]', 'text'], text: 'SELECT $1::integer[] AS list, $2::text AS word' };
    const given = [
      [[1, null], undefined],
      [[], null],
      [null, ''],
      [undefined, 'NULL'],
    ];
    const run = (station: number) => stations.run(refOf(station), (manager) => prepared(manager, array, given[station] ?? []));
    expect(await Promise.all([0, 1, 2, 3].map(run))).toEqual([
      [{ list: [1, null], word: null }],
      [{ list: [], word: null }],
      [{ list: null, word: '' }],
      [{ list: null, word: 'NULL' }],
    ]);
    expect(transactions).toHaveBeenCalledTimes(1);
  });

  it('do not wait for a station whose lock another transaction has, which comes after it', async () => {
    const [locked, release] = [gate(), gate()];
    const holding = dataSource.transaction(async (manager) => {
      await lockStation(manager, refOf(3));
      locked.open();
      await release.opened;
      await prepared(manager, ADD, ['S3', 1, JSON.stringify('first'), null]);
    });
    await locked.opened;
    const runs = many.map((station) =>
      stations.run(refOf(station), async (manager) => {
        await prepared(manager, ADD, [`S${station}`, 1, JSON.stringify('second'), null]);
        return prepared<{ body: string }>(manager, NOTES, [`S${station}`, [1]]);
      }),
    );
    await within('the other stations', Promise.all(runs.filter((_, station) => station !== 3)));
    expect(await notes.stored()).toHaveLength(19);
    release.open();
    await holding;
    expect((await runs[3])?.map(({ body }) => body)).toEqual(['first']);
  });

  it('wait for a row that another transaction changes, and see it as that leaves it', async () => {
    for (const station of [1, 2, 3]) await dataSource.query(`INSERT INTO ${SCHEMA}.notes (station, nth) VALUES ($1, 1)`, [`S${station}`]);
    const lock: Statement = {
      name: 'note-lock',
      merge: ['text'],
      text: `SELECT body FROM ${SCHEMA}.notes WHERE station = $1 FOR UPDATE`,
    };
    const [changed, release] = [gate(), gate()];
    const changing = dataSource.transaction(async (manager) => {
      await manager.query(`UPDATE ${SCHEMA}.notes SET body = '"changed"' WHERE station = 'S2'`);
      changed.open();
      await release.opened;
    });
    await changed.opened;
    const runs = Promise.all(
      [1, 2, 3].map((station) => stations.run(refOf(station), (manager) => prepared(manager, lock, [`S${station}`]))),
    );
    await until('they wait', async () => {
      const waiting = await dataSource.query<unknown[]>(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return waiting.length === 1;
    });
    release.open();
    await changing;
    expect(await runs).toEqual([[{ body: null }], [{ body: 'changed' }], [{ body: null }]]);
    expect(transactions).toHaveBeenCalledTimes(2);
  });

  it('keep works apart that take the same named lock, as transactions of their own would be', async () => {
    const run = (station: number) =>
      stations.run(refOf(station), async (manager) => {
        await lockNamed(manager, 'seats');
        const [{ count = 0 } = {}] = await manager.query<{ count: number }[]>(`SELECT count(*)::integer AS count FROM ${SCHEMA}.seats`);
        if (count < 5) await manager.query(`INSERT INTO ${SCHEMA}.seats (taken_by) VALUES ($1)`, [`S${station}`]);
        return count < 5;
      });
    const taken = await Promise.all(many.map(run));
    expect(transactions).toHaveBeenCalledTimes(1);
    expect(taken.filter(Boolean)).toHaveLength(5);
    expect(await dataSource.query(`SELECT FROM ${SCHEMA}.seats`)).toHaveLength(5);
  });

  it('do not wait for each other for ever when works take two names, of which one transaction has one at most for each', async () => {
    const run = (station: number) =>
      stations.run(refOf(station), async (manager) => {
        for (const name of station % 2 === 0 ? ['seats', 'tables'] : ['tables', 'seats']) await lockNamed(manager, name);
        await prepared(manager, ADD, [`S${station}`, 1, null, null]);
      });
    const runs = Promise.allSettled([0, 1].map(run));
    expect(await within('both', runs)).toHaveLength(2);
  });

  it('take works of one station one after the other, in the order in which they came', async () => {
    const order: number[] = [];
    const run = (nth: number) =>
      stations.run(refOf(1), async (manager) => {
        await prepared(manager, ADD, ['S1', nth, null, null]);
        order.push((await prepared(manager, NOTES, ['S1', many])).length);
      });
    await Promise.all([1, 2, 3].map(run));
    expect(order).toEqual([1, 2, 3]);
  });

  it('go on in that order when they are done again because another station failed', async () => {
    const order: string[] = [];
    const run = (station: number, nth: number, fails = false) =>
      stations.run(refOf(station), async (manager) => {
        await prepared(manager, ADD, [`S${station}`, nth, null, null]);
        if (fails) throw new Error('this one never succeeds');
        const notes = await prepared<{ nth: number }>(manager, NOTES, [`S${station}`, many]);
        order.push(notes.map((note) => note.nth).join());
      });
    await Promise.allSettled([run(1, 1), run(1, 2), run(1, 3), ...many.slice(2).map((station) => run(station, 1, true))]);
    expect(order.filter((seen) => seen !== '1')).toEqual(['2,1', '3,2,1']);
  });

  it('of two tenants are not shared where each takes a lock of its tenant', async () => {
    stations = new StationTransactions(dataSource, { metrics: counted, work: 'notes', ofOneTenant: true });
    const run = (station: number) => stations.run({ tenant: `t${station % 2}`, station: 'S' }, () => Promise.resolve(station));
    const others = [2, 3].map((station) => stations.run({ tenant: `t${station % 2}`, station: 'T' }, () => Promise.resolve(station)));
    expect(await Promise.all([run(0), run(1), ...others])).toEqual([0, 1, 2, 3]);
    expect(transactions).toHaveBeenCalledTimes(2);
  });
});
