import { z } from 'zod';
import { wholeNumber } from '../values/values';
import { invalidCursor } from './cursor-seal';

/** Most items of one page. */
const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

/** A part of a list. `nextCursor` is the `cursor` of the next page, null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** The rows that `readPage` needs: at most `limit` of them, in the order of the list, behind the position `after`; null: from the beginning. */
export interface Slice<P> {
  limit: number;
  after: P | null;
}

/** The schema of a page of such items, with what else its list answers; `Station` makes a `StationPage`. */
export function pageSchemaOf(item: z.ZodType, more: z.ZodRawShape = {}) {
  const page = z.object({
    items: z.array(item).describe('In the order of the list'),
    nextCursor: z.string().nullable().describe('`cursor` of the next page; null: this is the last'),
    ...more,
  });
  const id = z.globalRegistry.get(item)?.id;
  return id === undefined ? page : page.meta({ id: `${id}Page`, description: 'A part of a list' });
}

/**
 * `?limit=&cursor=` of a list whose positions have this schema; `.extend()` adds filters. The cursor arrives here unsealed, as the position that `readPage`
 * was given; one of an older version is refused.
 */
export function pageQueryOf<P>(position: z.ZodType<P>) {
  return z.object({
    limit: wholeNumber(1, MAX_LIMIT, { default: DEFAULT_LIMIT }).default(DEFAULT_LIMIT).describe('Items of a page, at most'),
    cursor: z
      .string()
      .transform((json) => positionIn(json, position))
      .optional()
      .describe('`nextCursor` of the page before, with the same filters'),
  });
}

/** The query of a list in the order of names. */
export const pageQuerySchema = pageQueryOf(z.string());
export type PageQuery = z.output<typeof pageQuerySchema>;

/** The position in a list in the order of a time, and of the ids of one time. */
export const timeAndId = z.tuple([z.iso.datetime(), z.guid()]);

/** The values by which a list is ordered; the empty tuple lets TypeScript infer tuples. */
type Position = string | number | unknown[] | [];

/** Reads one page of a list: one row more than the page has shows whether another page follows. `positionOf` gives the position behind an item. */
export async function readPage<T, P extends Position>(
  { limit, cursor }: { limit: number; cursor?: P | undefined },
  read: (slice: Slice<P>) => Promise<readonly T[]>,
  positionOf: (item: T) => P,
): Promise<Page<T>> {
  const rows = await read({ limit: limit + 1, after: cursor ?? null });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? JSON.stringify(positionOf(last)) : null };
}

function positionIn<P>(json: string, position: z.ZodType<P>): P {
  try {
    return position.parse(JSON.parse(json));
  } catch (cause) {
    throw invalidCursor({ cause });
  }
}
