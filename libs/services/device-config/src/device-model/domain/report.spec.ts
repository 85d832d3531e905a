import fc from 'fast-check';
import { MAX_RANGES, countParts, hasPart, isWhole, missingParts, withPart, type PartRanges } from './report';

const parts = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 });
const received = (numbers: readonly number[]): PartRanges => numbers.reduce<PartRanges>(withPart, []);
const upTo = (last: number) => Array.from({ length: last + 1 }, (_, nth) => nth);

it('knows the parts of a report as a set of their numbers does, in whatever order and how often they come', () => {
  fc.assert(
    fc.property(parts, fc.integer({ min: 0, max: 40 }), (numbers, last) => {
      const [ranges, set] = [received(numbers), new Set(numbers)];
      expect(upTo(41).filter((part) => hasPart(ranges, part))).toEqual([...set].sort((a, b) => a - b));
      expect(countParts(ranges)).toBe(set.size);
      expect(isWhole(ranges, last)).toBe(upTo(last).every((part) => set.has(part)));
      const missing = missingParts(ranges, last).flatMap(([from, to]) => upTo(to).filter((part) => part >= from));
      const highest = Math.max(last, ...numbers);
      expect(missing).toEqual(upTo(highest).filter((part) => !set.has(part)));
    }),
  );
});

it('is not whole while the last part is not known, or nothing came', () => {
  expect(isWhole(received([0, 1, 2]), null)).toBe(false);
  expect(isWhole([], 0)).toBe(false);
});

it(`tells ${MAX_RANGES} gaps apart and no more, so that a hostile report stays small`, () => {
  const many = received(Array.from({ length: MAX_RANGES + 50 }, (_, nth) => nth * 2));
  expect(many).toHaveLength(MAX_RANGES);
  expect(withPart(many, 1)).toHaveLength(MAX_RANGES - 1);
});
