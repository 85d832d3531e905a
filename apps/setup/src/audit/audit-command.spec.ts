import { readAuditArgs } from './cli-args';
import { textOf } from './text';

it('verifies every tenant, one, or an export of one', () => {
  expect(readAuditArgs(['verify'])).toEqual({ tenant: null, file: null, json: false });
  expect(readAuditArgs(['verify', '--tenant', 'acme', '--file', 'x.jsonl', '--json'])).toEqual({
    tenant: 'acme',
    file: 'x.jsonl',
    json: true,
  });
});

it.each([[[]], [['check']], [['verify', 'acme']], [['verify', '--file', 'x']], [['verify', '--tenant', 'A B']], [['verify', '--all']]])(
  'refuses %j',
  (args) => {
    expect(() => readAuditArgs(args)).toThrow();
  },
);

const WHOLE = { tenant: 'acme', entries: 3, unsealed: 0, from: 5, to: 7, hash: 'ab', fault: null };
it.each([
  [WHOLE, 'acme: whole: entries 5 to 7, hash ab'],
  [{ ...WHOLE, unsealed: 2 }, 'acme: whole: entries 5 to 7, hash ab, 2 not in the chain yet'],
  [{ ...WHOLE, entries: 0, from: null, to: null, hash: null }, 'acme: no entries'],
  [
    { ...WHOLE, fault: { position: 8, id: '44', kind: 'changed' as const } },
    'acme: broken: entry 8 (id 44) was changed; 3 before it are whole',
  ],
  [{ ...WHOLE, fault: { position: 8, id: null, kind: 'missing' as const } }, 'acme: broken: entry 8 is missing; 3 before it are whole'],
])('says in a line what was found: %#', (found, line) => {
  expect(textOf(found)).toBe(line);
});
