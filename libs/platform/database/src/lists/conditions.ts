/** Adds a value to the parameters of a statement, and returns its place (`$3`). */
export type Bind = (value: unknown) => string;

/** The condition that a column is one of some values. */
export function among(column: string, type: 'text' | 'uuid' = 'text'): (values: readonly string[], bind: Bind) => string {
  return (values, bind) => `${column} = ANY(${bind(values)}::${type}[])`;
}

/** The condition that an array of JSON has one of some values. A GIN index with `jsonb_path_ops` answers it. */
export function havingAny(column: string): (values: readonly string[], bind: Bind) => string {
  return (values, bind) => `(${values.map((value) => `${column} @> ${bind(JSON.stringify([value]))}::jsonb`).join(' OR ')})`;
}

/** The condition that a text is one of some values in upper case, as the locale of the database has it. An index of `upper()` answers it. */
export function amongUpper(column: string): (values: readonly string[], bind: Bind) => string {
  return (values, bind) => `upper(${column}) IN (${values.map((value) => `upper(${bind(value)}::text)`).join(', ')})`;
}

/** A text in upper case by the rules of Unicode, whatever the locale of the database. */
function folded(text: string): string {
  return `upper(${text} COLLATE "und-x-icu")`;
}

/** The condition that a text is one of some values without regard to case. No index answers it. */
export function amongIgnoringCase(column: string): (values: readonly string[], bind: Bind) => string {
  return (values, bind) => `${folded(column)} IN (${values.map((value) => folded(`${bind(value)}::text`)).join(', ')})`;
}

/** The condition that one of some texts begins with this one, without regard to case. No index answers it. */
export function beginsWithIgnoringCase(...columns: readonly string[]): (prefix: string, bind: Bind) => string {
  return (prefix, bind) => anyIsLike(columns, `${folded(`${bind(literally(prefix))}::text`)} || '%'`);
}

/** The condition that one of some texts has this one somewhere, without regard to case. No index answers it. */
export function containsIgnoringCase(...columns: readonly string[]): (part: string, bind: Bind) => string {
  return (part, bind) => anyIsLike(columns, `'%' || ${folded(`${bind(literally(part))}::text`)} || '%'`);
}

function anyIsLike(columns: readonly string[], pattern: string): string {
  return `(${columns.map((column) => `${folded(column)} LIKE ${pattern}`).join(' OR ')})`;
}

/** The condition that a text begins with this one. An index with COLLATE "C" answers it. */
export function beginsWith(column: string): (prefix: string, bind: Bind) => string {
  return (prefix, bind) => `${column} COLLATE "C" LIKE ${bind(`${literally(prefix)}%`)}::text`;
}

/** The condition that a time is this one or a later one. */
export function notBefore(column: string): (from: string, bind: Bind) => string {
  return (from, bind) => `${column} >= ${bind(from)}::timestamptz`;
}

/** The condition that a time is before this one. */
export function before(column: string): (to: string, bind: Bind) => string {
  return (to, bind) => `${column} < ${bind(to)}::timestamptz`;
}

/** The condition that a boolean is this one. */
export function isTrue(condition: string): (wanted: boolean, bind: Bind) => string {
  return (wanted, bind) => `(${condition}) = ${bind(wanted)}::boolean`;
}

/** In a pattern, `%` and `_` of the text stand for themselves. */
function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
