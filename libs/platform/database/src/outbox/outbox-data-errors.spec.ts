import { MemoryBus, type BusRecord, type Handler, type Subscription } from '@voltbus/bus';
import { LANES } from '@voltbus/contracts';
import { freshDatabase, silentLogger, testMetrics, type FreshDatabase } from '@voltbus/testing';
import type { DataSource } from 'typeorm';
import { transiently } from '../connection/transient';
import { openDatabase } from '../connection/typeorm-database';

const FACTS = { id: '0001-facts', sql: 'CREATE TABLE test.facts (station text, place int, value smallint CHECK (value >= 0), note text)' };
const STATIONS = 40;
const EACH = 10;

let database: FreshDatabase;
let dataSource: DataSource;
let bus: MemoryBus;
let subscription: Subscription;
let statements: number;
let buried: string[];

beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await openDatabase({ url: database.url, schema: 'test', migrations: [FACTS] });
});
beforeEach(async () => {
  await dataSource.query('TRUNCATE test.facts');
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics() });
  statements = 0;
  buried = [];
});
afterEach(async () => {
  await subscription.close();
  await bus.close();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const facts: Handler = {
  shape: 'batch',
  name: 'facts',
  handle: (records: BusRecord[]) =>
    transiently(async () => {
      statements += 1;
      const rows = records.map(({ key, value }) => ({ station: key, ...(JSON.parse(value.toString()) as object) }));
      await dataSource.query(
        'INSERT INTO test.facts SELECT * FROM json_to_recordset($1::json) AS fact(station text, place int, value smallint, note text)',
        [JSON.stringify(rows)],
      );
    }),
};

/** Publishes facts of every station, those of the first as given. Resolves when all are handled. */
async function publishFacts(bad: object, badOnes = EACH): Promise<void> {
  const publish = (station: number, place: number, fact: object) =>
    bus.publish(LANES.transaction, { key: `default/CS-${station}`, value: Buffer.from(JSON.stringify({ place, value: 1, ...fact })) });
  const all = Array.from({ length: STATIONS * EACH }, (_, n) =>
    publish(n % STATIONS, Math.floor(n / STATIONS), n % STATIONS === 0 ? bad : {}),
  );
  const more = Array.from({ length: badOnes - EACH }, (_, n) => publish(0, EACH + n, bad));
  subscription = await bus.subscribe({
    group: 'transaction',
    topics: [LANES.transaction],
    route: () => facts,
    onDeadLetter: async ({ key }, { kind }) => void buried.push(`${key} ${kind}`),
  });
  await Promise.all([...all, ...more]);
}

describe("one station's data that the database cannot store", () => {
  it.each([
    ['a number out of range (22003)', { value: 40_000 }],
    ['a text with NUL (22P05)', { note: 'a\u0000b' }],
    ['a lone surrogate (22P02)', { note: '\ud800' }],
    ['a check that it does not meet (23514)', { value: -1 }],
    ['not even a number (22P02)', { value: 'many' }],
  ])('%s is found by halving: poison of that station, and everything else is stored', async (_, bad) => {
    await publishFacts(bad);
    expect(buried).toEqual(Array<string>(EACH).fill('default/CS-0 poison'));
    const stored: { station: string; places: number[] }[] = await dataSource.query(
      'SELECT station, array_agg(place ORDER BY place) AS places FROM test.facts GROUP BY station',
    );
    expect(stored).toHaveLength(STATIONS - 1);
    for (const { places } of stored) expect(places).toEqual(Array.from({ length: EACH }, (_each, place) => place));
    expect(subscription.stopped).toBeNull();
  });

  it('costs a bounded number of statements, however much of it there is', async () => {
    await publishFacts({ value: 40_000 }, 500);
    expect(buried).toHaveLength(500);
    expect(buried.filter((one) => one.endsWith('poison'))).toHaveLength(20);
    expect(statements).toBeLessThan(120);
  });
});
