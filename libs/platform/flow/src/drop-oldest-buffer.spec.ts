import { DropOldestBuffer } from './drop-oldest-buffer';

function bufferOf(options: { maxItems?: number; maxSize?: number }) {
  const dropped: string[] = [];
  const buffer = new DropOldestBuffer<string>({
    ...options,
    sizeOf: (item) => item.length,
    onDropped: (items) => void dropped.push(...items),
  });
  const push = (...items: string[]) => items.forEach((item) => buffer.push(item));
  const all = () => Array.from({ length: buffer.length }, (_, index) => buffer.at(index));
  return { buffer, dropped, push, all };
}

describe('a drop-oldest buffer', () => {
  it('keeps its bound on items, and reports what it drops, oldest first', () => {
    const { buffer, dropped, push, all } = bufferOf({ maxItems: 2 });
    push('a', 'b', 'c', 'd');
    expect([all(), dropped, buffer.length, buffer.size]).toEqual([['c', 'd'], ['a', 'b'], 2, 2]);
  });

  it('keeps its bound on size, but always the newest item, however large', () => {
    const { buffer, dropped, push, all } = bufferOf({ maxSize: 5 });
    push('aa', 'bb', 'ccc');
    expect([all(), dropped, buffer.size]).toEqual([['bb', 'ccc'], ['aa'], 5]);
    push('x'.repeat(9));
    expect([buffer.length, buffer.size, dropped]).toEqual([1, 9, ['aa', 'bb', 'ccc']]);
  });

  it('gives the oldest first, in batches bounded by number and by size', () => {
    const { buffer, push } = bufferOf({});
    push('aaaa', 'b', 'c', 'd', 'e');
    expect(buffer.take(2)).toEqual(['aaaa', 'b']);
    expect(buffer.take(10, 2)).toEqual(['c', 'd']);
    push('ffff');
    expect([buffer.take(1), buffer.take(10, 1), buffer.take(10), buffer.length, buffer.size]).toEqual([['e'], ['ffff'], [], 0, 0]);
  });

  it('takes items back before the others, and drops those that no longer fit', () => {
    const { buffer, dropped, push, all } = bufferOf({ maxItems: 3 });
    push('a', 'b');
    const taken = buffer.take(2);
    push('c', 'd');
    buffer.putBack(taken);
    expect([all(), dropped]).toEqual([['b', 'c', 'd'], ['a']]);
  });

  it('shrinks to a lower bound when the caller asks for it', () => {
    const { dropped, push, buffer, all } = bufferOf({});
    push('aa', 'bb', 'cc');
    buffer.shrinkTo(4);
    expect([all(), dropped]).toEqual([['bb', 'cc'], ['aa']]);
  });

  it('finds items by their place from either end, and nothing beyond', () => {
    const { buffer, push } = bufferOf({ maxItems: 3 });
    push('a', 'b', 'c', 'd', 'e');
    expect([0, 2, 3, -1, -3, -4].map((index) => buffer.at(index))).toEqual(['c', 'e', undefined, 'e', 'c', undefined]);
  });

  it('keeps its bounds also when nobody wants the report', () => {
    const buffer = new DropOldestBuffer<string>({ maxItems: 1 });
    for (const item of ['a', 'b']) buffer.push(item);
    expect([buffer.length, buffer.at(0)]).toEqual([1, 'b']);
  });

  it('drops nothing wrong however long it runs at its bound', () => {
    const { buffer, dropped } = bufferOf({ maxItems: 100 });
    for (let count = 0; count < 1_000; count++) buffer.push(String(count));
    expect([buffer.at(0), buffer.at(-1), dropped.length, dropped.at(-1)]).toEqual(['900', '999', 900, '899']);
  });
});
