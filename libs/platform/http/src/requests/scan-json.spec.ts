import fc from 'fast-check';
import { nestedDeeper, repeatedKey } from './scan-json';

/** JSON as a tree in which a name may be repeated, which no JavaScript object can do. */
type Tree = { kind: 'leaf'; json: string } | { kind: 'array'; items: Tree[] } | { kind: 'object'; members: (readonly [string, Tree])[] };

const name = fc.constantFrom('a', 'b', 'c/d', '~', '', '"', '\\', '\u00e9', 'constructor', ',{', '}]');
const leaf = fc
  .constantFrom('1', '-0.5e3', 'null', 'true', '"a"', '"{\\"a\\":1,\\"a\\":2}"', '"\\\\"', '"[[["', '""', '{}', '[]')
  .map((json): Tree => ({ kind: 'leaf', json }));
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }).map((items): Tree => ({ kind: 'array', items })),
    fc.array(fc.tuple(name, tie('tree')), { maxLength: 4 }).map((members): Tree => ({ kind: 'object', members })),
  ),
}));

/** A name as JSON may write it: plainly, or each character as an escape. */
function written(key: string, escaped: boolean): string {
  const units = Array.from({ length: key.length }, (_, at) => `\\u${key.charCodeAt(at).toString(16).padStart(4, '0')}`);
  return escaped ? `"${units.join('')}"` : JSON.stringify(key);
}

function jsonOf(one: Tree, escaped: boolean): string {
  if (one.kind === 'leaf') return one.json;
  if (one.kind === 'array') return `[ ${one.items.map((item) => jsonOf(item, escaped)).join(' ,')}]`;
  return `{${one.members.map(([key, member], at) => `${written(key, escaped && at % 2 === 1)} : ${jsonOf(member, escaped)}`).join(', ')} }`;
}

function depthOf(one: Tree): number {
  if (one.kind === 'leaf') return one.json === '{}' || one.json === '[]' ? 1 : 0;
  const below = one.kind === 'array' ? one.items : one.members.map(([, member]) => member);
  return 1 + Math.max(0, ...below.map(depthOf));
}

/** The first repeated name in the order in which the text is read. */
function repeatedIn(one: Tree, path = ''): string | null {
  if (one.kind === 'leaf') return null;
  const steps = one.kind === 'array' ? one.items.map((item, at) => [String(at), item] as const) : one.members;
  const seen = new Set<string>();
  for (const [step, below] of steps) {
    const here = `${path}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (one.kind === 'object' && seen.has(step)) return here;
    seen.add(step);
    const found = repeatedIn(below, here);
    if (found !== null) return found;
  }
  return null;
}

it('finds the first name that an object has twice, wherever it stands and however it is written', () => {
  fc.assert(
    fc.property(tree, fc.boolean(), (one, escaped) => {
      const json = jsonOf(one, escaped);
      JSON.parse(json); // the tree was written as JSON
      expect(repeatedKey(json)).toBe(repeatedIn(one));
    }),
    { numRuns: 2_000 },
  );
});

it('counts the brackets that are not inside a string, also in a text that is no JSON', () => {
  fc.assert(
    fc.property(tree, fc.boolean(), (one, escaped) => {
      const json = jsonOf(one, escaped);
      const depth = depthOf(one);
      expect([nestedDeeper(json, depth), depth > 0 && nestedDeeper(json, depth - 1)]).toEqual([false, depth > 0]);
    }),
    { numRuns: 2_000 },
  );
  expect(nestedDeeper('['.repeat(500_000), 32)).toBe(true);
  expect(nestedDeeper('"[[[', 0)).toBe(false);
  expect(nestedDeeper('"\\', 0)).toBe(false);
});
