import { CsmsError } from '@voltbus/contracts';
import { MAX_ITEMS, MAX_ITEM_BYTES } from '../limits';
import { fakeTarget } from '../testing/fake-target';
import { parseItems } from './parse-items';

const csv = (text: string | Buffer) => parseItems('csv', Buffer.from(text), fakeTarget());
const jsonl = (text: string | Buffer) => parseItems('jsonl', Buffer.from(text), fakeTarget());
const bodies = async (items: ReturnType<typeof csv>) => (await items).map(({ body }) => body);
const lines = async (items: ReturnType<typeof csv>) => (await items).map(({ line }) => line);
const thrown = async (items: Promise<unknown>): Promise<[string, string]> => {
  const error: unknown = await items.then(
    () => null,
    (one: unknown) => one,
  );
  return error instanceof CsmsError ? [error.code, error.message] : ['not refused', String(error)];
};

it('types cells by the schema of their members, and leaves out what is empty', async () => {
  const header = 'id,note,count,open,level,place.city,labels.site,labels.x y,numbers';
  const rows = ['A,null,7,true,1,Köln,5,true,"[1,2]"', 'B,,,,,,,,', 'C,1,1.5,TRUE,null,"",,,"[1"', 'D,,0x10,1,1e999,,,,5'];
  expect(await bodies(csv([header, ...rows].join('\r\n')))).toEqual([
    { id: 'A', note: null, count: 7, open: true, level: 1, place: { city: 'Köln' }, labels: { site: '5', 'x y': 'true' }, numbers: [1, 2] },
    { id: 'B' },
    { id: 'C', note: '1', count: 1.5, open: 'TRUE', level: null, numbers: '[1' },
    { id: 'D', count: '0x10', open: '1', level: '1e999', numbers: 5 },
  ]);
});

it('reads RFC 4180: quotes, commas and line ends in cells, a byte order mark, and both line ends; a formula is text', async () => {
  const text = '\ufeffid,note\r\n"A","say ""hi"", twice\r\nover"\n\r\nB,=cmd|\'/c calc\'!A1\nC," x "';
  expect(await bodies(csv(text))).toEqual([
    { id: 'A', note: 'say "hi", twice\r\nover' },
    { id: 'B', note: "=cmd|'/c calc'!A1" },
    { id: 'C', note: ' x ' },
  ]);
  expect(await lines(csv(text))).toEqual([2, 5, 6]);
});

it('reads an object a line, and passes over blank lines', async () => {
  const text = '\ufeff{"id":"A"}\r\n\n  \n{"id":"B","count":1}';
  expect(await bodies(jsonl(text))).toEqual([{ id: 'A' }, { id: 'B', count: 1 }]);
  expect(await lines(jsonl(text))).toEqual([1, 4]);
});

it.each([
  ['id,nonsense', '/nonsense'],
  ['id,place.street', '/place/street'],
  ['id,note.x', '/note/x'],
  ['id,labels.__proto__', '/labels/__proto__'],
  ['id,__proto__', '/__proto__'],
  ['id,', '/'],
  ['id,constructor', '/constructor'],
  ['id,note,note', '/note'],
  ['id,place,place.city', '/place/city'],
  ['id,place.city,place', '/place'],
  ['note', '/id'],
])('refuses the header %s before anything is imported, naming the column', async (header, path) => {
  const [code, message] = await thrown(csv(`${header}\n`));
  expect(code).toBe('invalid');
  expect(message).toContain(`${path}: `);
});

const SECRET = 'a password that nobody may see';
it.each<[string, string | Buffer, string]>([
  ['a quote that is not closed', `id,note\nA,1\nB,"${SECRET}`, 'line 3'],
  ['text behind a closing quote', `id,note\nA,"${SECRET}"x`, 'line 2'],
  ['a quote inside of a cell', `id,note\nA,${SECRET}"x"`, 'line 2'],
  ['a huge cell', `id,note\nA,${SECRET}${'x'.repeat(MAX_ITEM_BYTES)}`, 'line 2'],
  ['a huge cell that is never closed', `id,note\nA,"${SECRET}${'x'.repeat(MAX_ITEM_BYTES)}`, 'line 2'],
  ['UTF-16', Buffer.from('\ufeffid,note\nA,1', 'utf16le'), 'UTF-8'],
  ['Latin-1', Buffer.from('id,note\nA,Köln', 'latin1'), 'UTF-8'],
  ['no header', '', 'line 1'],
  ['no items', 'id,note\n', 'no items'],
])('refuses a CSV with %s as a whole, by the line and without what is in it', async (_what, text, where) => {
  const [code, message] = await thrown(csv(text));
  expect(code).toBe('bad-request');
  expect(message).toContain(where);
  expect(message).not.toContain('password');
});

it('refuses JSON lines that are too long, not UTF-8, or none', async () => {
  for (const text of ['', '\n\n', `{"id":"${'x'.repeat(MAX_ITEM_BYTES)}"}`, Buffer.from('{"id":"ö"}', 'latin1')])
    expect((await thrown(jsonl(text)))[0]).toBe('bad-request');
});

it.each([
  ['csv', 'id,note\nA,1,2\nB\nC,\u0000\nD,ok', [null, null, null, 'D']],
  [
    'jsonl',
    '{"id":"A"\n[1]\n{"id":"C","note":"\\ud800"}\n{"id":"A","id":"B"}\n{"__proto__":1}\nnull\n{"id":"D"}',
    [null, null, null, null, null, null, 'D'],
  ],
] as const)('makes what is wrong with one line of %s the result of that line', async (format, text, keys) => {
  const items = await parseItems(format, Buffer.from(text), fakeTarget());
  expect(items.map(({ key }) => key)).toEqual(keys);
  expect(items.map(({ problem }) => problem === null)).toEqual(keys.map((key) => key !== null));
  expect(items.map(({ body }) => body !== null)).toEqual(keys.map((key) => key !== null));
});

it('refuses the second item of a resource, naming the line of the first', async () => {
  const items = await csv('id,note\nA,1\nB,2\na,3\nA,4');
  expect(items.map(({ problem }) => problem?.errors)).toEqual([
    ...[undefined, undefined],
    ...[2, 2].map((line) => [{ path: '/id', message: `is that of line ${line} as well` }]),
  ]);
});

it('takes as many items as there may be, and no more', async () => {
  const rows = Array.from({ length: MAX_ITEMS }, (_, index) => `{"id":"${index}"}\n`).join('');
  expect(await jsonl(rows)).toHaveLength(MAX_ITEMS);
  expect((await thrown(jsonl(`${rows}{"id":"one more"}`)))[0]).toBe('payload-too-large');
});
