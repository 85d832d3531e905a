import type { ListSource } from '@voltbus/database';

/** Most rows that a spec reads of a list at once. */
const LIMIT = 100;

/** The first rows of a list by this key, the last one first. */
export async function listed<T, F, S extends string>(source: ListSource<T, F, S>, filters: F, by: S): Promise<T[]> {
  const { items } = await source.read({ filters, sort: { by, descending: true }, limit: LIMIT, after: null });
  return items;
}
