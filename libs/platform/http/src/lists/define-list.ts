import type { ListOrder, ListSource, Position } from '@voltbus/database';
import { z } from 'zod';
import { displayable } from '../values/values';
import { filterOf, trueOrFalse } from './filters';
import { pageQueryOf, type Page } from './page';

/** Rows that `total` counts. Beyond, it is a lower bound. */
export const MAX_TOTAL = 10_000;

/** A list: what it is of, what it can be asked for, and in which order. */
interface ListDeclaration<I extends z.ZodRawShape, F extends z.ZodRawShape, S extends string> {
  item: z.ZodObject<I>;
  /** The members that identify an item, which `fields` always includes. */
  keys: readonly (keyof I & string)[];
  /** Query parameters that restrict the list, each an optional schema. They combine with AND. */
  filters: F;
  sorts: readonly S[];
  defaultSort: S | `-${S}`;
}

/** A page of a list, with the total where it was requested. */
export interface ListPage<T> extends Page<T> {
  total?: number;
  totalIsLowerBound?: boolean;
}

type Filters<F extends z.ZodRawShape> = z.output<z.ZodObject<F>>;
type ListQuery<F extends z.ZodRawShape, S extends string> = Filters<F> & {
  limit: number;
  cursor?: string[];
  sort?: ListOrder<S>;
  total?: boolean;
  fields?: string[];
};

/** A declared list: `query` checks and describes its parameters, `page` answers them. */
interface List<I extends z.ZodRawShape, F extends z.ZodRawShape, S extends string> {
  item: z.ZodObject<I>;
  keys: readonly string[];
  query: z.ZodObject & z.ZodType<ListQuery<F, S>>;
  page<T extends object>(query: ListQuery<F, S>, source: ListSource<T, Filters<F>, S>): Promise<ListPage<T>>;
}

/**
 * Declares a list of the API: `?limit=&cursor=&sort=&total=&fields=` and its own filters. The order is that of a sort key, and of the id where that is equal;
 * null counts as the largest value. A cursor belongs to one order and one set of filters (ADR 65).
 */
export function defineList<I extends z.ZodRawShape, F extends z.ZodRawShape, const S extends string>(
  declaration: ListDeclaration<I, F, S>,
): List<I, F, S> {
  const { item, keys, filters, defaultSort } = declaration;
  const names = Object.keys(filters) as (keyof Filters<F>)[]; // the names of F
  const query = z.object({ ...filters, ...orderQuery(declaration), ...fieldsQuery(declaration) });
  return {
    item,
    keys,
    query: query as unknown as List<I, F, S>['query'], // the shapes above are what ListQuery says
    async page(given, source) {
      const own = Object.fromEntries(names.map((name) => [name, given[name]])) as Filters<F>;
      const { limit, cursor = null, sort = orderOf<S>(defaultSort), total = false, fields } = given;
      const [{ items, next }, counted] = await Promise.all([
        source.read({ filters: own, sort, limit, after: cursor }),
        total ? source.count(own, MAX_TOTAL) : null,
      ]);
      const shown = fields === undefined ? items : items.map((one) => only(one, [...keys, ...fields]));
      return { items: shown, nextCursor: next === null ? null : JSON.stringify(next), ...counted };
    },
  };
}

function orderQuery<S extends string>({
  sorts,
  defaultSort,
}: Pick<ListDeclaration<z.ZodRawShape, z.ZodRawShape, S>, 'sorts' | 'defaultSort'>) {
  const orders: string[] = sorts.flatMap((by) => [by, `-${by}`]);
  const position: z.ZodType<Position> = z.array(z.string());
  return {
    ...pageQueryOf(position).shape,
    sort: z
      .enum(orders, { error: `is none of ${orders.join(', ')}` })
      .describe(
        `The order; with \`-\`, the last one first. Null counts as the largest value. Items that are equal in it follow their id. Default: \`${defaultSort}\``,
      )
      .transform((given) => orderOf<S>(given))
      .optional(),
  };
}

function fieldsQuery({ item, keys }: Pick<ListDeclaration<z.ZodRawShape, z.ZodRawShape, string>, 'item' | 'keys'>) {
  const members = Object.keys(item.shape);
  return {
    total: trueOrFalse
      .optional()
      .describe(`With \`total\`: how many items pass the filters, counted to ${MAX_TOTAL}. Beyond, \`totalIsLowerBound\` is true`),
    fields: filterOf({ type: 'string', enum: members }, (part) =>
      members.includes(part)
        ? { value: part }
        : { fault: `${displayable(part)} is no member: there are ${members.join(', ')}`, allowed: members },
    )
      .optional()
      .describe(`Members to answer, and no others but ${keys.join(', ')}; the answer has another media type then. Left out: all`),
  };
}

function orderOf<S extends string>(given: string): ListOrder<S> {
  return { by: given.replace(/^-/, '') as S, descending: given.startsWith('-') }; // checked by the enum of the sort keys
}

/** The item with these members only, in its own order. */
function only<T extends object>(item: T, members: readonly string[]): T {
  return Object.fromEntries(Object.entries(item).filter(([name]) => members.includes(name))) as T; // a part of it, as its media type says
}
