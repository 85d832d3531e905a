import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource, EntityManager } from 'typeorm';
import type { Statement } from '../connection/statement';
import { prepared } from '../connection/typeorm-prepared';
import { mergeStatements } from '../stations/merge-statements';
import { MergedRounds } from '../stations/merged-rounds';

type Values = readonly unknown[];

/** Columns of a row that is changed, which stay together: they identify it. */
const KEY_COLUMNS = 4;
const VERB = /^\s*(INSERT INTO|UPDATE) ([\w.]+)/;

/** Names of the statements in a folder that say how they are merged. */
export function declaredIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.spec)\.ts$/.test(file));
  return files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/name: '([^']+)',\s+merge:/g)].map(([, name = '']) => name),
  );
}

/** Records what works in shared transactions ask for, until it is restored. */
export const recordAsked = () => jest.spyOn(MergedRounds.prototype, 'run');

/** What each statement that may be merged returns and leaves, of those that were asked for: for each of its values by itself, and for all merged. */
export async function outcomesOf(asked: ReturnType<typeof recordAsked>, dataSource: DataSource) {
  const outcomes = [];
  for (const { statement, values } of mergeableAsked(asked))
    outcomes.push({ name: statement.name, ...(await aloneAndMerged(dataSource, statement, values)) });
  return outcomes;
}

/** With values of several works: others than were asked for as well, so that there are more. */
function mergeableAsked(asked: ReturnType<typeof recordAsked>): { statement: Statement; values: Values[] }[] {
  const byName = new Map<string, { statement: Statement; values: Values[] }>();
  for (const [statement, values] of asked.mock.calls) {
    if (statement.merge === undefined) continue;
    const known = byName.get(statement.name) ?? { statement, values: [] };
    known.values.push(values);
    byName.set(statement.name, known);
  }
  return [...byName.values()].map(({ statement, values }) => ({ statement, values: variedFor(statement, values) }));
}

/** One statement may write a row once, as works of different stations do. */
function variedFor({ merge, text }: Statement, values: readonly Values[]): Values[] {
  if (merge === 'json-rows') return lastOfEach(values, ([json]) => ownerOf(String(json)));
  if (!VERB.test(text)) return [...values, ...varied(values, 0)];
  const rows = lastOfEach(values, (one) => JSON.stringify(one.slice(0, KEY_COLUMNS)));
  return /^\s*UPDATE|DO UPDATE/.test(text) ? varied(rows, KEY_COLUMNS) : rows; // what is only inserted may have to be unique in other columns as well
}

function lastOfEach(values: readonly Values[], keyOf: (one: Values) => string): Values[] {
  return [...new Map(values.map((one) => [keyOf(one), one])).values()];
}

function ownerOf(json: string): string {
  const [{ key = '', tenant = '', station = '', id = '' } = {}] = JSON.parse(json) as Record<string, string>[];
  return [key, tenant, station, id].join('|');
}

/** Each column from another of the rows; what is only read is null here and there. */
function varied(values: readonly Values[], from: number): Values[] {
  const of = (row: number, column: number): unknown => {
    if (column < from) return values[row]?.[column];
    if (from === 0 && (row + column) % 7 === 6) return null;
    return values[(row + column) % values.length]?.[column];
  };
  return values.map((one, row) => one.map((_, column) => of(row, column)));
}

/** Nothing stays changed. */
async function aloneAndMerged(dataSource: DataSource, statement: Statement, all: readonly Values[]) {
  const alone = async (manager: EntityManager): Promise<unknown[][]> => {
    const rows: unknown[][] = [];
    for (const values of all) rows.push(await prepared(manager, statement, values));
    return statement.merge === 'json-rows' ? all.map(() => sorted(rows.flat())) : comparable(statement, rows);
  };
  const merged = async (manager: EntityManager): Promise<unknown[][]> => {
    const one = mergeStatements(statement, all);
    const rows = one.split(await prepared(manager, one.statement, one.values));
    return statement.merge === 'json-rows' ? rows.map(sorted) : comparable(statement, rows);
  };
  const empties = statement.text.includes('ON CONFLICT') ? [true, false] : [true];
  const outcomes = async (work: (manager: EntityManager) => Promise<unknown[][]>) => {
    const found = [];
    for (const empty of empties) found.push(await undone(dataSource, { statement, empty }, work));
    return found;
  };
  return { alone: await outcomes(alone), merged: await outcomes(merged) };
}

/** The rows that the work returns, and those of the table that it writes; `empty`: into which nothing was written before. */
async function undone(
  dataSource: DataSource,
  { statement, empty }: { statement: Statement; empty: boolean },
  work: (manager: EntityManager) => Promise<unknown[][]>,
) {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    const [, verb, table] = VERB.exec(statement.text) ?? [];
    if (verb === 'INSERT INTO' && empty) await runner.query(`DELETE FROM ${table}`);
    const rows = await work(runner.manager);
    const left =
      table === undefined
        ? []
        : ((await runner.query(`SELECT to_jsonb(t) AS left FROM ${table} t`)) as { left: Record<string, unknown> }[]);
    return { rows, left: sorted(left.map((row) => withoutGiven(row.left))) };
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

/** What reads the clock is another each time: only the number of its rows is compared. */
function comparable({ text }: Statement, rows: unknown[][]): unknown[][] {
  return text.includes('clock_timestamp()') ? rows.map(({ length }) => [length]) : rows;
}

/** Without what the database gives each row itself: the time, and the number of an identity column. */
function withoutGiven(row: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(row).filter(([name, value]) => name !== 'written_at' && !(['id', 'nth'].includes(name) && typeof value === 'number')),
  );
}

function sorted(rows: readonly unknown[]): unknown[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
