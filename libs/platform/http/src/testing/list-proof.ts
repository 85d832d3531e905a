import fc from 'fast-check';

/** Values of a filter as the query has them, and which items they let pass, written apart from the service. */
export type FilterCases<T> = Readonly<Record<string, readonly (readonly [written: string, passes: (item: T) => boolean])[]>>;

interface ListAnswer<I> {
  status: number;
  body: { items: I[]; nextCursor: string | null; total?: number };
}

interface ListProof<T, I> {
  /** All that there is. */
  all: readonly T[];
  filters: FilterCases<T>;
  /** The order of each sort key, in which no two items are equal. */
  orders: Readonly<Record<string, (a: T, b: T) => number>>;
  idOf(item: T | I): string;
  list(query: string): Promise<ListAnswer<I>>;
  /** Items of a page, from three on. */
  largestPage: number;
  runs: number;
}

/** Expects a list to give exactly the items that pass up to two filters at once, in order, over all its pages, and to count them. */
export async function expectListed<T, I>({ all, filters, orders, idOf, list, largestPage, runs }: ListProof<T, I>): Promise<void> {
  const chosen = fc
    .subarray(Object.entries(filters), { maxLength: 2 })
    .chain((some) => fc.tuple(...some.map(([name, cases]) => fc.constantFrom(...cases).map((one) => [name, ...one] as const))));
  const sorts = fc.record({ by: fc.constantFrom(...Object.keys(orders)), descending: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(chosen, sorts, fc.integer({ min: 3, max: largestPage }), async (given, { by, descending }, limit) => {
      const passing = all.filter((item) => given.every(([, , passes]) => passes(item))).sort(orders[by]);
      const wanted = (descending ? passing.reverse() : passing).map(idOf);
      const query = new URLSearchParams({
        ...Object.fromEntries(given.map(([name, written]) => [name, written])),
        sort: `${descending ? '-' : ''}${by}`,
        limit: String(limit),
      });
      expect(await allPages({ list, idOf }, String(query), wanted.length)).toEqual({ seen: wanted, total: wanted.length });
    }),
    { numRuns: runs },
  );
}

async function allPages<T, I>({ list, idOf }: Pick<ListProof<T, I>, 'list' | 'idOf'>, query: string, most: number) {
  const seen: string[] = [];
  let total: number | undefined;
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body } = await list(`${query}${cursor === '' ? '&total=true' : `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    seen.push(...body.items.map(idOf));
    total ??= body.total;
    cursor = body.nextCursor;
    expect(seen.length).toBeLessThanOrEqual(most);
  }
  return { seen, total };
}
