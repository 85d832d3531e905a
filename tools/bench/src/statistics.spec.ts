import { median, ratios } from './statistics';

it.each([
  [[3], 3],
  [[1, 9, 2], 2],
  [[4, 1, 3, 2], 2.5],
])('finds the median of %j', (values, expected) => {
  expect(median(values)).toBe(expected);
});

it('gives the ratio of two costs, by the cheapest rounds and by the median of the pairs', () => {
  expect(
    ratios([
      { off: 10, on: 12 },
      { off: 20, on: 22 },
      { off: 16, on: 16 },
    ]),
  ).toEqual({ least: { off: 10, on: 12 }, median: 1.1, pairs: [1.2, 1.1, 1] });
});
