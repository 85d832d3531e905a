import { freshDatabase } from '@voltbus/testing';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { openDatabase } from '../connection/typeorm-database';
import type { ListOrder, Position } from './list-slice';
import { among, amongIgnoringCase, beginsWith, beginsWithIgnoringCase } from './conditions';
import { TypeormList, type ListDefinition } from './typeorm-list';

interface Thing {
  tenant: string;
  id: string;
  kind: string;
  name: string | null;
  /** Microseconds, which no Date of JavaScript holds. */
  at: string;
  endedAt: string | null;
}
interface Filters {
  kind?: string[];
  name?: string[];
  idBegin?: string;
  search?: string;
}
type Sort = 'id' | 'at' | 'endedAt' | 'name';

const DEFINITION: ListDefinition<Filters, Sort> = {
  columns: 'id, kind, name',
  from: 'spec.things',
  owner: 'tenant',
  id: [{ sql: 'id', type: 'text' }],
  sorts: {
    id: [],
    at: [{ sql: 'at', type: 'timestamptz' }],
    endedAt: [{ sql: `coalesce(ended_at, 'infinity'::timestamptz)`, type: 'timestamptz' }],
    name: [
      { sql: '(name IS NULL)', type: 'boolean' },
      { sql: `coalesce(name, '')`, type: 'text' },
    ],
  },
  filters: {
    kind: among('kind'),
    name: amongIgnoringCase('name'),
    idBegin: beginsWith('id'),
    search: beginsWithIgnoringCase('id', 'name'),
  },
};

let database: DataSource;
let drop: () => Promise<void>;
let list: TypeormList<Thing, Filters, Sort>;
beforeAll(async () => {
  const fresh = await freshDatabase();
  drop = fresh.drop;
  const table =
    'CREATE TABLE spec.things (tenant text, id text, kind text, name text, at timestamptz, ended_at timestamptz, PRIMARY KEY (tenant, id))';
  database = await openDatabase({ url: fresh.url, schema: 'spec', migrations: [{ id: '0001-things', sql: table }] });
  list = new TypeormList(database, DEFINITION);
});
afterAll(async () => {
  await database?.destroy();
  await drop?.();
});

const instants = fc.integer({ min: 0, max: 5 }).map((micros) => `2026-01-01T00:00:00.00000${micros}Z`); // few, so that many are equal
const names = fc.constantFrom('', 'a', 'A', 'Äpfel', 'äpfel', 'a%', 'a_b', "o'b\\", '\u{10ffff}', '\ufffe', 'b');
const things = fc.record({
  tenant: fc.constantFrom('one', 'one', 'one', 'one', 'other'),
  id: fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'B', 'ä', '%', '_', '\\', '\u{1f600}', '\uffff') }),
  kind: fc.constantFrom('x', 'y', 'z'),
  name: fc.option(names),
  at: instants,
  endedAt: fc.option(instants),
});
const filters: fc.Arbitrary<Filters> = fc.oneof<fc.Arbitrary<Filters>[]>(
  fc.constant({}),
  fc.record({ kind: fc.uniqueArray(fc.constantFrom('x', 'y', 'none'), { minLength: 1 }) }),
  fc.record({ name: fc.uniqueArray(names, { minLength: 3, maxLength: 6 }) }),
  fc.record({ idBegin: fc.constantFrom('a', '%', '_', '\\', 'ä') }),
  fc.record({ search: fc.constantFrom('A', 'a%', 'a_', 'ÄP', '\\') }),
  fc.record({ kind: fc.constant<string[]>(['x', 'z']), search: fc.constantFrom('A', 'B') }),
);
const orders: fc.Arbitrary<ListOrder<Sort>> = fc.record({ by: fc.constantFrom('id', 'at', 'endedAt', 'name'), descending: fc.boolean() });

/** The rule of lists in plain words of arrays. */
function oracle(rows: readonly Thing[], { kind, name, idBegin, search }: Filters, { by, descending }: ListOrder<Sort>): string[] {
  const fold = (text: string | null) => text?.toUpperCase();
  const passes = (row: Thing) =>
    row.tenant === 'one' &&
    (kind?.includes(row.kind) ?? true) &&
    (name === undefined || name.some((one) => fold(one) === fold(row.name))) &&
    row.id.startsWith(idBegin ?? '') &&
    [row.id, row.name].some((text) => fold(text)?.startsWith(search?.toUpperCase() ?? ''));
  const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const compare = (a: Thing, b: Thing) => {
    const [one, two] = [a[by], b[by]];
    if (one === two) return bytes(a.id, b.id);
    if (one === null || two === null) return one === null ? 1 : -1;
    return bytes(one, two);
  };
  const sorted = rows.filter(passes).sort(compare);
  return (descending ? sorted.reverse() : sorted).map(({ id }) => id);
}

async function store(rows: readonly Thing[]): Promise<void> {
  for (const { tenant, id, kind, name, at, endedAt } of rows)
    await database.query('INSERT INTO spec.things VALUES ($1, $2, $3, $4, $5, $6)', [tenant, id, kind, name, at, endedAt]);
}

it('gives exactly the rows that pass the filters, in order, page by page, also while rows are added', async () => {
  const several = fc.uniqueArray(things, { selector: ({ tenant, id }) => `${tenant}/${id}`, minLength: 20, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      several,
      fc.integer({ min: 0, max: 40 }),
      filters,
      orders,
      fc.integer({ min: 1, max: 7 }),
      async (all, stored, wanted, sort, limit) => {
        await database.query('TRUNCATE spec.things');
        const early = all.slice(0, stored);
        const late = all.slice(early.length);
        await store(early);
        const seen: string[] = [];
        const known = [...early];
        let after: Position | null = null;
        do {
          const { items, next } = await list.read('one', { filters: wanted, sort, limit, after });
          const order = oracle(known, wanted, sort);
          const from = seen.length === 0 ? 0 : order.indexOf(seen.at(-1) ?? '') + 1;
          expect(items.map(({ id }) => id)).toEqual(order.slice(from, from + limit));
          expect(next === null).toBe(order.length <= from + limit);
          seen.push(...items.map(({ id }) => id));
          after = next === null ? null : (JSON.parse(JSON.stringify(next)) as Position);
          const added = late.splice(0, 2);
          await store(added);
          known.push(...added);
        } while (after !== null);
        const stood = oracle(early, wanted, sort);
        expect(seen.filter((id) => stood.includes(id))).toEqual(stood);
        expect(new Set(seen).size).toBe(seen.length);
        const total = oracle(known, wanted, sort).length;
        expect(await list.count('one', wanted, 5)).toEqual({ total: Math.min(total, 5), totalIsLowerBound: total > 5 });
      },
    ),
    { numRuns: 60 },
  );
});
