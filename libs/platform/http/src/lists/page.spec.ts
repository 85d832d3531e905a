import { z } from 'zod';
import { pageQueryOf, pageSchemaOf, readPage, timeAndId, type Slice } from './page';

const rows = [1, 2, 3, 4, 5];
const slices: Slice<number>[] = [];
const read = (slice: Slice<number>) => {
  slices.push(slice);
  return Promise.resolve(rows.filter((row) => row > (slice.after ?? 0)).slice(0, slice.limit));
};

describe('a page', () => {
  it('is read with one row more than it has, and names the position behind its last item', async () => {
    expect(await readPage({ limit: 2 }, read, (row) => row)).toEqual({ items: [1, 2], nextCursor: '2' });
    expect(slices.at(-1)).toEqual({ limit: 3, after: null });
  });

  it('begins behind its cursor, and is the last one when no row follows', async () => {
    expect(await readPage({ limit: 2, cursor: 3 }, read, (row) => row)).toEqual({ items: [4, 5], nextCursor: null });
    expect(await readPage({ limit: 2, cursor: 5 }, read, (row) => row)).toEqual({ items: [], nextCursor: null });
  });

  it('is described by the schema of its items', () => {
    const schema = pageSchemaOf(z.int());
    expect(schema.safeParse({ items: [1], nextCursor: null }).success).toBe(true);
    expect(schema.safeParse({ items: ['a'], nextCursor: null }).success).toBe(false);
  });
});

describe('the query of a page', () => {
  const query = pageQueryOf(timeAndId);
  const position = ['2026-01-01T00:00:00.000Z', '0b0e4f5e-6f3c-5c61-8a5e-0a4f4a2f9a11'];

  it('has 50 items by default, and the position that its cursor holds', () => {
    expect(query.parse({})).toEqual({ limit: 50 });
    expect(query.parse({ limit: '200', cursor: JSON.stringify(position) })).toEqual({ limit: 200, cursor: position });
  });

  it.each(['["yesterday","1"]', '{}', 'none'])('refuses the cursor %s, which holds no position of the list', (cursor) => {
    expect(() => query.parse({ cursor })).toThrow('is no cursor of this list');
  });
});
