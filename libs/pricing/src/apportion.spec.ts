import { Decimal } from 'decimal.js';
import { apportion } from './apportion';

const shared = (total: string, weights: readonly (string | number)[], digits = 2) =>
  apportion(
    new Decimal(total),
    weights.map((weight) => new Decimal(weight)),
    digits,
  ).map((share) => share.toFixed(digits));

describe('a total in whole minor units', () => {
  it('is shared in proportion where that comes out even', () => {
    expect(shared('1.00', [1, 3])).toEqual(['0.25', '0.75']);
  });

  it('gives what is left over to the largest remainders', () => {
    expect(shared('0.10', [1, 2.6, 2.9, 3.5])).toEqual(['0.01', '0.03', '0.03', '0.03']); // 1.0, 2.6, 2.9 and 3.5 cents
    expect(shared('1', [4, 35, 61], 0)).toEqual(['0', '0', '1']);
  });

  it('gives it to the earlier of equals', () => {
    expect(shared('0.05', [1, 1, 1])).toEqual(['0.02', '0.02', '0.01']);
  });

  it('is the first one’s where nothing weighs anything', () => {
    expect(shared('0.50', [0, 0])).toEqual(['0.50', '0.00']);
    expect(shared('0.50', [])).toEqual([]);
  });
});
