import { placeNumber, sequenceNumber } from './station-numbers';

it.each([
  [1, 1],
  [0, 0],
  [-1, null],
  [1.5, null],
  [2 ** 31, null],
  [undefined, null],
])('J3 takes %s for the EVSE %s', (written, expected) => {
  expect(placeNumber(written)).toBe(expected);
});

it.each([
  [7, 7],
  [-1, 0],
  [1e30, Number.MAX_SAFE_INTEGER],
])('J3 counts a report numbered %d as %d', (written, expected) => {
  expect(sequenceNumber(written)).toBe(expected);
});
