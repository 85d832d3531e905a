import type { Statement } from '../connection/statement';

/** One statement in the place of several. */
interface MergedStatement {
  statement: Statement;
  values: readonly unknown[];
  /** Returns the rows of each of the statements that were merged, in their order. */
  split(rows: readonly unknown[]): unknown[][];
}

/** The column that says to which of the merged statements a row belongs. */
const PLACE = 'merged_place';
const texts = new Map<string, Statement>();

/**
 * Makes one statement of several that differ in their values only. Those whose first value is rows as JSON take the rows of all, and each is given all
 * the rows that come back. A SELECT is run for each row of values (LATERAL); an INSERT of VALUES inserts them all; an UPDATE
 * is made from them, of another row each.
 */
export function mergeStatements(statement: Statement, values: readonly (readonly unknown[])[]): MergedStatement {
  if (statement.merge === 'json-rows') {
    const rows = values.map(([json]) => String(json).slice(1, -1)).filter((inner) => inner !== '');
    return { statement, values: [`[${rows.join(',')}]`], split: (returned) => values.map(() => [...returned]) };
  }
  const types = statement.merge ?? [];
  return {
    statement: mergedOf(statement, types),
    values: types.map((type, at) => values.map((one) => valueOf(type, one[at]))),
    split: (returned) => splitByPlace(returned as Record<string, unknown>[], values.length), // the columns of the statement, and the place
  };
}

function mergedOf({ name, text }: Statement, types: readonly string[]): Statement {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const merged = { name: `${name}-merged`, text: mergedText(text, types) };
  texts.set(name, merged);
  return merged;
}

function mergedText(text: string, types: readonly string[]): string {
  const names = types.map((_, at) => `p${at + 1}`);
  const own = text.replaceAll(/\$(\d+)/g, 'given.p$1').trim();
  const given = givenRows(names, types);
  // not sorted by place: a sort of much keeps the order within a place no more than it must
  if (own.startsWith('SELECT')) return `${given} SELECT given.${PLACE}::integer, one.* FROM given CROSS JOIN LATERAL (${own}) AS one`;
  if (/\bRETURNING\b/.test(own)) throw new Error(`of what this statement returns, nothing says which work it belongs to: ${text}`);
  const update = /^(UPDATE [\s\S]+?)\sWHERE ([\s\S]+)$/.exec(own);
  if (update !== null) return `${given} ${update[1] ?? ''} FROM given WHERE ${update[2] ?? ''}`;
  const insert = /^(INSERT INTO [\s\S]+?)VALUES \((.+)\)(\s*ON CONFLICT[\s\S]*)?$/.exec(own);
  if (insert === null) throw new Error(`this statement cannot be merged: ${text}`);
  const [, into = '', row = '', conflict = ''] = insert;
  return `${given} ${into}SELECT ${row} FROM given ORDER BY given.${PLACE}${conflict}`;
}

/** Arrays within arrays are no rows to Postgres: they come as JSON. */
function givenRows(names: readonly string[], types: readonly string[]): string {
  const parameters = types.map((type, at) => `$${at + 1}::${isArray(type) ? 'json' : type}[]`).join(', ');
  const columns = names.map((name, at) => {
    const type = types[at] ?? '';
    return isArray(type)
      ? `CASE WHEN ${name} IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(${name}))::${type} END AS ${name}`
      : name;
  });
  return `WITH given AS MATERIALIZED (SELECT ${[...columns, PLACE].join(', ')} FROM unnest(${parameters}) WITH ORDINALITY AS row (${[...names, PLACE].join(', ')}))`;
}

function valueOf(type: string, value: unknown): unknown {
  return isArray(type) && value !== null && value !== undefined ? JSON.stringify(value) : value;
}

function isArray(type: string): boolean {
  return type.endsWith('[]');
}

function splitByPlace(rows: readonly Record<string, unknown>[], count: number): unknown[][] {
  const split: unknown[][] = Array.from({ length: count }, () => []);
  for (const { [PLACE]: place, ...row } of rows) split[Number(place) - 1]?.push(row);
  return split;
}
