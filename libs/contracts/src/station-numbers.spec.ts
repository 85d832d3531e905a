import fc from 'fast-check';
import { isDecimal, isOcppInteger, isOutOfRange, sequenceNumber, stationNumber } from './station-numbers';

it.each([
  [1, 1],
  [0, 0],
  [-0, 0],
  [2 ** 31 - 2, 2 ** 31 - 2],
  [2 ** 31 - 1, null],
  [2 ** 31, null],
  [2 ** 53 + 1, null],
  [-1, null],
  [1.5, null],
  [1e308, null],
  [NaN, null],
  ['1', null],
  [undefined, null],
])('J3 takes %s for the number of something: %s', (written, expected) => {
  expect(stationNumber(written)).toBe(expected);
  expect(isOutOfRange(written)).toBe(written !== undefined && expected === null);
});

it.each([
  [7, 7],
  [-1, 0],
  [-0, 0],
  [2 ** 32, 2 ** 32],
  [1e30, Number.MAX_SAFE_INTEGER],
  [Infinity, Number.MAX_SAFE_INTEGER],
  [NaN, 0],
])('J3 counts a report numbered %d as %d', (written, expected) => {
  expect(sequenceNumber(written)).toBe(expected);
});

it.each([
  [0, true],
  [2 ** 31 - 1, true],
  [2 ** 31, false],
  [-(2 ** 31), true],
  [-(2 ** 31) - 1, false],
  [1.5, false],
  [NaN, false],
  ['1', false],
  [undefined, false],
])('%s is an integer of OCPP: %s', (written, expected) => {
  expect(isOcppInteger(written)).toBe(expected);
});

describe('what is a decimal', () => {
  it.each(['0', '-1', '+12.5', '.5', '5.', '1e3', '1.5E-10', '3.3333333333333333333333333'])('%s is one', (text) => {
    expect(isDecimal(text)).toBe(true);
  });

  it.each([
    ...[
      '',
      ' 1',
      '1 ',
      'abc',
      '1,5',
      '.',
      '-',
      'e5',
      '1e',
      '1e9999',
      '1e999999999',
      'Infinity',
      '-Infinity',
      'NaN',
      '0x1F',
      '0b1',
      '0o7',
      '1_000',
    ],
    ...['0x', '1', '1.', '1e', '-', '\u0661'].map((start) => start + 'f'.repeat(60_000)),
    ...['1', '1.', '1e', '.'].map((start) => start + '1'.repeat(200_000)),
  ])('%.20s is none', (text) => {
    expect(isDecimal(text)).toBe(false);
  });

  it('every number that JavaScript writes is one, unless it is none', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => expect(isDecimal(String(number))).toBe(true)));
  });
});
