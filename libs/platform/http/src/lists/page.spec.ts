import { z } from 'zod';
import { pageQueryOf, pageSchemaOf } from './page';

describe('a page', () => {
  it('is described by the schema of its items', () => {
    const schema = pageSchemaOf(z.int());
    expect(schema.safeParse({ items: [1], nextCursor: null }).success).toBe(true);
    expect(schema.safeParse({ items: ['a'], nextCursor: null }).success).toBe(false);
  });
});

describe('the query of a page', () => {
  const query = pageQueryOf(z.tuple([z.iso.datetime(), z.guid()]));
  const position = ['2026-01-01T00:00:00.000Z', '0b0e4f5e-6f3c-5c61-8a5e-0a4f4a2f9a11'];

  it('has 50 items by default, and the position that its cursor holds', () => {
    expect(query.parse({})).toEqual({ limit: 50 });
    expect(query.parse({ limit: '200', cursor: JSON.stringify(position) })).toEqual({ limit: 200, cursor: position });
  });

  it.each(['["yesterday","1"]', '{}', 'none'])('refuses the cursor %s, which holds no position of the list', (cursor) => {
    expect(() => query.parse({ cursor })).toThrow('is no cursor of this list');
  });
});
