import { z } from 'zod';

/** Most items of one page. */
export const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

/** A part of a list: `nextCursor` asks for the next one, null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** `?limit=&cursor=`. The cursor comes out as `page` was given it; one that is none is refused. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'is no cursor of this API')
    .transform((text) => Buffer.from(text, 'base64url').toString('utf8'))
    .optional(),
});
export type PageQuery = z.output<typeof pageQuerySchema>;

/** Makes a page of rows that were read one beyond the limit: the one too many says that there is a next page. `cursorOf`: where a page ends. */
export function page<T>(rows: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? Buffer.from(cursorOf(last)).toString('base64url') : null };
}
