import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { ListRows, ListSlice, ListSource, Position } from '@voltbus/database';
import { z } from 'zod';

/** Rows that an export reads at once. */
const EXPORT_PAGE = 500;

/** A whole list as an answer of `ApiZodLines`, a JSON object a line, read page by page while the client takes it. */
export function linesOf<T, F, S extends string>(
  source: ListSource<T, F, S>,
  chosen: Pick<ListSlice<F, S>, 'filters' | 'sort'>,
  view: (item: T) => unknown,
): StreamableFile {
  return streamOf(source, chosen, { type: 'application/x-ndjson', line: (item) => JSON.stringify(view(item)) });
}

/** The same as CSV (RFC 4180) with a header, in the order of the schema. A member that is an object has a column for each of its members, `object.member`. */
export function csvOf<T, F, S extends string>(
  source: ListSource<T, F, S>,
  chosen: Pick<ListSlice<F, S>, 'filters' | 'sort'>,
  { schema, view }: { schema: z.ZodObject; view: (item: T) => object },
): StreamableFile {
  const columns = columnsOf(schema);
  const cell = (item: object, path: readonly string[]) =>
    path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], item); // the view has the members of the schema
  return streamOf(source, chosen, {
    type: 'text/csv; charset=utf-8; header=present',
    header: columns.map((path) => csvCell(path.join('.'))).join(','),
    line: (item) => columns.map((path) => csvCell(cell(view(item), path))).join(','),
    end: '\r\n',
  });
}

function columnsOf({ shape }: z.ZodObject): string[][] {
  return Object.entries(shape).flatMap(([name, member]) =>
    member instanceof z.ZodObject ? columnsOf(member).map((path) => [name, ...path]) : [[name]],
  );
}

/** A text that a spreadsheet would take for a formula begins with a quote, as OWASP advises: names come from strangers. */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value.replace(/^(?=[=+\-@\t\r])/, "'") : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

interface LinesForm<T> {
  type: string;
  header?: string;
  line(item: T): string;
  end?: string;
}

function streamOf<T, F, S extends string>(
  source: ListSource<T, F, S>,
  chosen: Pick<ListSlice<F, S>, 'filters' | 'sort'>,
  form: LinesForm<T>,
): StreamableFile {
  return new StreamableFile(Readable.from(lines(source, chosen, form)), { type: form.type });
}

async function* lines<T, F, S extends string>(
  source: ListSource<T, F, S>,
  chosen: Pick<ListSlice<F, S>, 'filters' | 'sort'>,
  { header, line, end = '\n' }: LinesForm<T>,
): AsyncGenerator<string> {
  if (header !== undefined) yield `${header}${end}`;
  let after: Position | null = null;
  do {
    const { items, next }: ListRows<T> = await source.read({ ...chosen, limit: EXPORT_PAGE, after });
    for (const item of items) yield `${line(item)}${end}`;
    after = next;
  } while (after !== null);
}
