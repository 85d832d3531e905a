/** A place in a list: the values by which the list is ordered, as the database writes them. The last one is the id, so that no two rows have the same. */
export type Position = readonly string[];

/** The order of a list: one of its sort keys, and the id where that is equal. */
export interface ListOrder<S extends string> {
  by: S;
  descending: boolean;
}

/** Which rows of a list are read: at most `limit` of those that pass the filters, in this order, behind the position `after`; null: from the beginning. */
export interface ListSlice<F, S extends string> {
  filters: F;
  sort: ListOrder<S>;
  limit: number;
  after: Position | null;
}

/** The rows of a slice. `next` is the position behind them, null where no row follows. */
export interface ListRows<T> {
  items: T[];
  next: Position | null;
}

/** How many rows pass the filters. A lower bound where counting them all would take too long. */
export interface ListTotal {
  total: number;
  totalIsLowerBound: boolean;
}

/** A list of one tenant as a store reads it. */
export interface ListSource<T, F, S extends string> {
  read(slice: ListSlice<F, S>): Promise<ListRows<T>>;
  /** Counts at most `most` rows. */
  count(filters: F, most: number): Promise<ListTotal>;
}

/** The same list with its items shown otherwise: `show` is given the rows of a slice, and returns as many items in their order. */
export function shownAs<Row, T, F, S extends string>(
  source: ListSource<Row, F, S>,
  show: (rows: readonly Row[]) => T[] | Promise<T[]>,
): ListSource<T, F, S> {
  return {
    read: async (slice) => {
      const { items, next } = await source.read(slice);
      return { items: await show(items), next };
    },
    count: (filters, most) => source.count(filters, most),
  };
}

/** The same list with these filters fixed, which whoever reads it does not choose. */
export function filteredBy<T, F extends object, Fixed extends object, S extends string>(
  source: ListSource<T, F & Fixed, S>,
  fixed: Fixed,
): ListSource<T, F, S> {
  return {
    read: (slice) => source.read({ ...slice, filters: { ...slice.filters, ...fixed } }),
    count: (filters, most) => source.count({ ...filters, ...fixed }, most),
  };
}
