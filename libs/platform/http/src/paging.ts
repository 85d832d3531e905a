import { z } from 'zod';
import { invalidCursor } from './lists/cursor-seal';
import { wholeNumber } from './values/values';

/** Most items of one page. */
export const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

/** A part of a list: `nextCursor` asks for the next one, null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * `?limit=&cursor=` of a list whose pages end at such positions. The face has checked the seal: the cursor comes out as `page` was given it,
 * and one that an older version gave is refused here.
 */
export function pageQueryOf<P>(position: z.ZodType<P>) {
  return z.object({
    limit: wholeNumber(1, MAX_LIMIT, { default: DEFAULT_LIMIT }).default(DEFAULT_LIMIT),
    cursor: z
      .string()
      .transform((json) => positionIn(json, position))
      .optional()
      .describe('`nextCursor` of the page before, with the same filters'),
  });
}

/** Of a list whose pages end at a name. */
export const pageQuerySchema = pageQueryOf(z.string());
export type PageQuery = z.output<typeof pageQuerySchema>;

/** Makes a page of rows that were read one beyond the limit: the one too many says that there is a next page. `positionOf`: where a page ends. */
export function page<T>(rows: readonly T[], limit: number, positionOf: (last: T) => unknown): Page<T> {
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
