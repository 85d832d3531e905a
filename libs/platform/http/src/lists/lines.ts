import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { ListRows, ListSlice, ListSource, Position } from '@voltbus/database';

/** Rows that an export reads at once. */
const EXPORT_PAGE = 500;

/** A whole list as an answer of `ApiZodLines`, a JSON object a line, read page by page while the client takes it. */
export function linesOf<T, F, S extends string>(
  source: ListSource<T, F, S>,
  chosen: Pick<ListSlice<F, S>, 'filters' | 'sort'>,
  view: (item: T) => unknown,
): StreamableFile {
  return new StreamableFile(Readable.from(lines(source, chosen, view)), { type: 'application/x-ndjson' });
}

async function* lines<T, F, S extends string>(
  source: ListSource<T, F, S>,
  chosen: Pick<ListSlice<F, S>, 'filters' | 'sort'>,
  view: (item: T) => unknown,
): AsyncGenerator<string> {
  let after: Position | null = null;
  do {
    const { items, next }: ListRows<T> = await source.read({ ...chosen, limit: EXPORT_PAGE, after });
    for (const item of items) yield `${JSON.stringify(view(item))}\n`;
    after = next;
  } while (after !== null);
}
