import fc from 'fast-check';
import { textOf } from '../read-answer';
import { BlockTooLong, EventParser, type Block } from './event-parser';

/** The blocks of a body that comes in these pieces of bytes. */
async function blocksOf(pieces: readonly Uint8Array[], maxLength = 10_000): Promise<Block[]> {
  const parser = new EventParser(maxLength);
  const found: Block[] = [];
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  for await (const text of textOf(new Response(body))) found.push(...parser.push(text));
  return found;
}
const whole = (text: string) => blocksOf([Buffer.from(text)]);

describe('a stream of server-sent events', () => {
  it.each<[string, string, Partial<Block>[]]>([
    ['an event', 'event: cdr\nid: a-1\ndata: {"a":1}\n\n', [{ event: 'cdr', id: 'a-1', data: '{"a":1}' }]],
    ['the place where it begins', 'retry: 3000\nid: a-0\n\n', [{ id: 'a-0', data: null, retryMs: 3_000 }]],
    ['a comment', ':\n\n: keep alive\n\n', [{ data: null }, { data: null }]],
    ['data of several lines', 'data: a\ndata:  b\ndata\n\n', [{ event: 'message', data: 'a\n b\n' }]],
    ['an id that later events keep', 'id: 7\n\ndata: x\n\n', [{ id: '7' }, { id: '7', data: 'x' }]],
    ['an id with NUL, and a retry that is no number', 'id: a\0b\nretry: 1e9\ndata: x\n\n', [{ id: null, retryMs: null }]],
    ['fields that are unknown', 'colour: red\nEVENT: x\ndata: x\n\n', [{ event: 'message', data: 'x' }]],
    ['a byte order mark', '\ufeffdata: x\n\n', [{ data: 'x' }]],
    ['an event that is not finished', 'data: x\n\ndata: y\n', [{ data: 'x' }]],
  ])('has %s', async (_title, text, expected) => {
    const found = await whole(text);
    expect(found).toHaveLength(expected.length);
    expect(found).toMatchObject(expected);
  });

  it('means the same in pieces of any size and with line ends of any kind', async () => {
    const line = fc.oneof(
      fc
        .tuple(fc.constantFrom('event', 'data', 'id', ''), fc.stringMatching(/^[a-z å🚗:]{0,8}$/u))
        .map(([field, value]) => `${field}: ${value}`),
      fc.constant(''),
    );
    const stream = fc.tuple(
      fc.array(line, { maxLength: 20 }),
      fc.constantFrom('\n', '\r', '\r\n'),
      fc.array(fc.nat(30), { maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(stream, async ([lines, end, sizes]) => {
        let bytes = Buffer.from(lines.map((one) => `${one}${end}`).join(''));
        const pieces = sizes.map((size) => {
          const piece = bytes.subarray(0, size);
          bytes = bytes.subarray(size);
          return piece;
        });
        expect(await blocksOf([...pieces, bytes])).toEqual(await whole(lines.map((one) => `${one}\n`).join('')));
      }),
      { numRuns: 200 },
    );
  });

  it('holds no event that is longer than allowed, on one line or on many', async () => {
    const many = Array.from({ length: 100 }, () => Buffer.from('data: 0123456789\n'));
    await expect(blocksOf(many, 1_000)).rejects.toThrow(BlockTooLong);
    await expect(blocksOf([Buffer.from('data: '), Buffer.from('x'.repeat(1_000))], 1_000)).rejects.toThrow(BlockTooLong);
    expect(await blocksOf([...many.slice(0, 50), Buffer.from('\n'), ...many.slice(0, 50), Buffer.from('\n')], 1_000)).toHaveLength(2);
  });
});
