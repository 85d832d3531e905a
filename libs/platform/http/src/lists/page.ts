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
 * `?limit=&cursor=` of a list whose positions have this schema; `.extend()` adds filters. The cursor arrives here unsealed, as the position behind the page
 * before; one of an older version is refused.
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

function positionIn<P>(json: string, position: z.ZodType<P>): P {
  try {
    return position.parse(JSON.parse(json));
  } catch (cause) {
    throw invalidCursor({ cause });
  }
}
