import fc from 'fast-check';
import { fits } from './station-filter';

/** The same rule as a regular expression, for texts that are short. */
function oracle(pattern: string, text: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${escaped.join('[^]*')}$`, 'i').test(text);
}
const letters = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'B', '1', '.', '+') });
const patterns = fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', '1', '.', '*', '*', '+') });

it('takes a star for any characters, and everything else for itself without regard to case', () => {
  fc.assert(
    fc.property(patterns, letters, (pattern, text) => expect(fits(pattern, text)).toBe(oracle(pattern, text))),
    { numRuns: 3_000 },
  );
});

it.each([
  ['1.*', '1.4', true],
  ['1.*', '11.4', false],
  ['*', '', true],
  ['', '', true],
  ['', '1', false],
  ['a*a', 'a', false],
  [`${'*a'.repeat(49)}*`, 'b'.repeat(100), false],
])('%j fits %j: %s', (pattern, text, expected) => {
  expect(fits(pattern, text)).toBe(expected);
});
