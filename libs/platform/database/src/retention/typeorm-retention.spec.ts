import { freshDatabase, testMetrics, type FreshDatabase, type TestMetrics } from '@voltbus/testing';
import type { DataSource } from 'typeorm';
import { USUAL_RETENTION, type SchemaDeclaration, type TableDeclaration } from './retention';
import { openDatabase } from '../connection/typeorm-database';
import { outboxMigration } from '../outbox/typeorm-outbox';
import { WITH_TENANT } from './table-kinds';
import { Retention, undeclared } from './typeorm-retention';

const SCHEMA = 'test';
const NOW = new Date('2027-03-01T00:00:00Z');
const things: TableDeclaration = {
  name: 'things',
  holds: 'things',
  madeBy: 'stations',
  bound: 'none',
  tenant: 'tenant',
  station: null,
  keeping: { kind: 'aged', column: 'at', days: 'MESSAGES', where: 'NOT precious' },
};
const declared: SchemaDeclaration = { schema: SCHEMA, tables: [things] };

let database: FreshDatabase;
let dataSource: DataSource;
let metrics: TestMetrics;

beforeEach(async () => {
  database = await freshDatabase();
  const sql = `CREATE TABLE test.things (tenant text NOT NULL, at timestamptz NOT NULL, precious boolean NOT NULL DEFAULT false);
    CREATE INDEX things_by_age ON test.things (at)`;
  dataSource = await openDatabase({ url: database.url, schema: SCHEMA, migrations: [outboxMigration(SCHEMA), { id: '0001-things', sql }] });
  metrics = testMetrics();
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

function retention(batch?: number, source: DataSource = dataSource): Retention {
  return new Retention({
    dataSource: source,
    declared,
    days: USUAL_RETENTION,
    metrics,
    now: () => NOW,
    ...(batch === undefined ? {} : { batch }),
  });
}

const daysAgo = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();

async function fill(count: number, days: number, precious = false): Promise<void> {
  await dataSource.query(
    `INSERT INTO test.things SELECT 'a', $1::timestamptz - nth * interval '1 second', $3 FROM generate_series(1, $2::integer) AS nth`,
    [daysAgo(days), count, precious],
  );
}

async function left(): Promise<number> {
  const [row] = await dataSource.query<{ count: number }[]>('SELECT count(*)::integer AS count FROM test.things');
  return row?.count ?? -1;
}

const removed = (): number => metrics.total('retention_removed_rows_total', { schema: SCHEMA, table: 'things' });

it('removes 50,000 old rows in one run and leaves what is young or is not to go', async () => {
  await fill(50_000, 91);
  await fill(7, 89);
  await fill(3, 500, true);
  await retention().run();
  expect(await left()).toBe(10);
  expect(removed()).toBe(50_000);
  // of those that go by age
  expect(metrics.reading('retention_oldest_seconds')).toBe(89 * 86_400 + 7);
});

it('goes on where a crash left it', async () => {
  await fill(1_000, 91);
  const real = dataSource.transaction.bind(dataSource) as (work: unknown) => Promise<unknown>;
  let batches = 0;
  const spy = jest.spyOn(dataSource, 'transaction').mockImplementation(((work: unknown) => {
    if (++batches > 3) throw new Error('killed');
    return real(work);
  }) as never);
  await expect(retention(100).run()).rejects.toThrow('killed');
  spy.mockRestore();
  expect(await left()).toBe(700);
  await retention(100).run();
  expect(await left()).toBe(0);
});

it('begins nothing more once it is stopped', async () => {
  await fill(10, 91);
  const stopped = retention();
  stopped.stop();
  await stopped.run();
  expect(await left()).toBe(10);
});

it('lets another process have its batch, and what two remove is removed once', async () => {
  await fill(5_000, 91);
  await Promise.all([retention(50).run(), retention(50).run(), retention(50).run()]);
  await retention(50).run();
  expect(await left()).toBe(0);
  expect(removed()).toBe(5_000);
});

it('waits for nobody: while another process has the table, it leaves it', async () => {
  await fill(10, 91);
  await dataSource.transaction(async (manager) => {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('retention test.things', 0))`);
    await retention().run();
  });
  expect(await left()).toBe(10);
});

it('keeps for ever what is set to 0', async () => {
  await fill(10, 40_000);
  await new Retention({ dataSource, declared, days: { ...USUAL_RETENTION, MESSAGES: 0 }, metrics, now: () => NOW }).run();
  expect(await left()).toBe(10);
});

it('one table that fails does not keep the others', async () => {
  await fill(10, 91);
  const broken: TableDeclaration = { ...things, name: 'nowhere' };
  const run = new Retention({
    dataSource,
    declared: { schema: SCHEMA, tables: [broken, things] },
    days: USUAL_RETENTION,
    metrics,
    now: () => NOW,
  }).run();
  await expect(run).rejects.toThrow(/nowhere/);
  expect(await left()).toBe(0);
});

describe('rows that go with their tenant', () => {
  const owned: SchemaDeclaration = {
    schema: SCHEMA,
    tables: [
      { ...things, keeping: WITH_TENANT },
      { ...things, name: 'deleted_tenants', keeping: { kind: 'ever', why: 'a spec' } },
    ],
  };
  const run = () => new Retention({ dataSource, declared: owned, days: USUAL_RETENTION, metrics, now: () => NOW, batch: 100 }).run();
  beforeEach(async () => {
    await dataSource.query('CREATE TABLE test.deleted_tenants (tenant text PRIMARY KEY, deleted_at timestamptz NOT NULL)');
    await dataSource.query(
      `INSERT INTO test.things SELECT tenant, now() FROM unnest('{gone,long-gone,there}'::text[]) AS tenant, generate_series(1, 250)`,
    );
  });

  it('are removed when it was deleted, and no others', async () => {
    await run();
    expect(await left()).toBe(750);
    await dataSource.query(`INSERT INTO test.deleted_tenants VALUES ('gone', $1), ('long-gone', $2)`, [daysAgo(6), daysAgo(8)]);
    await run();
    expect(await dataSource.query('SELECT tenant, count(*)::integer FROM test.things GROUP BY tenant ORDER BY tenant')).toEqual([
      { tenant: 'long-gone', count: 250 },
      { tenant: 'there', count: 250 },
    ]);
    expect(removed()).toBe(250);
  });

  it('cannot be declared where nothing says which tenants were deleted', async () => {
    const [table] = owned.tables;
    const faults = await undeclared(dataSource, { schema: SCHEMA, tables: table === undefined ? [] : [table] });
    expect(faults).toContain('test.things goes with its owner, and there is no deleted_tenants');
  });
});

it('reports undeclared tables, undeclared columns, and ages without an index', async () => {
  await dataSource.query('CREATE TABLE test.slow (tenant text, station text, at timestamptz)');
  const slow: TableDeclaration = { ...things, name: 'slow', keeping: { kind: 'aged', column: 'at', days: 1 } };
  expect(await undeclared(dataSource, { schema: SCHEMA, tables: [slow, { ...things, name: 'gone' }] })).toEqual([
    'test.migrations is not declared',
    'test.outbox is not declared',
    'test.slow has a station that is not declared',
    'test.slow has no index by at',
    'test.things is not declared',
    'test.gone is not there',
  ]);
});
