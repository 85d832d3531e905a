import { applyDecorators } from '@nestjs/common';
import { z } from 'zod';
import { ApiZodQuery, ApiZodResponse } from '../openapi/zod-decorators';
import { TakesDurableCursors } from '../requests/parameter.guard';
import { pageSchemaOf, readPage, type Page, type Position, type Slice } from './page';

/**
 * A page of a list that only grows at its end. `resumeCursor` stands behind the last item of the page also where no item
 * follows yet: whoever stores it gets, whenever it comes back, what was added since. It never expires (ADR 66).
 */
export interface ResumablePage<T> extends Page<T> {
  resumeCursor: string;
}

/** The schema of a page of a list that is resumable in one of its orders. */
function resumablePageSchemaOf(item: z.ZodType) {
  const page = pageSchemaOf(item).extend({
    resumeCursor: z
      .string()
      .exactOptional()
      .describe(
        'In the order of issue: the `cursor` with which to come back for what follows, also when nothing does yet. It never expires',
      ),
  });
  const id = z.globalRegistry.get(item)?.id;
  return id === undefined ? page : page.meta({ id: `${id}ResumablePage`, description: 'A part of a list that only grows at its end' });
}

/** Reads a page of a list that only grows at its end. `start`: the position before its first item. */
export async function readResumablePage<T, P extends Position>(
  query: { limit: number; cursor?: P | undefined },
  read: (slice: Slice<P>) => Promise<readonly T[]>,
  { positionOf, start }: { positionOf: (item: T) => P; start: P },
): Promise<ResumablePage<T>> {
  const page = await readPage(query, read, positionOf);
  const last = page.items.at(-1);
  return { ...page, resumeCursor: JSON.stringify(last === undefined ? (query.cursor ?? start) : positionOf(last)) };
}

/** Documents a list by its query and its items. Its handler takes cursors of `ResumablePage`. */
export const ApiZodResumableList = (query: z.ZodObject, item: z.ZodType) =>
  applyDecorators(ApiZodQuery(query), ApiZodResponse(200, resumablePageSchemaOf(item)), TakesDurableCursors());
