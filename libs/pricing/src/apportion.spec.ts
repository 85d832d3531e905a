import { Decimal } from 'decimal.js';
import { apportion } from './apportion';

const shared = (total: string, weights: readonly (string | number)[], digits = 2) =>
  apportion(
    new Decimal(total),
    weights.map((weight) => new Decimal(weight)),
    digits,
  ).map((share) => share.toFixed(digits));

describe('a total in whole minor units', () => {
  it('is divided in proportion when the shares are whole units', () => {
    expect(shared('1.00', [1, 3])).toEqual(['0.25', '0.75']);
  });

  it('gives the units that are left to the largest remainders', () => {
    expect(shared('0.10', [1, 2.6, 2.9, 3.5])).toEqual(['0.01', '0.03', '0.03', '0.03']); // 1.0, 2.6, 2.9 and 3.5 cents
    expect(shared('1', [4, 35, 61], 0)).toEqual(['0', '0', '1']);
  });

  it('gives them to the earlier of equal remainders', () => {
    expect(shared('0.05', [1, 1, 1])).toEqual(['0.02', '0.02', '0.01']);
  });

  it('goes to the first share when all weights are zero', () => {
    expect(shared('0.50', [0, 0])).toEqual(['0.50', '0.00']);
    expect(shared('0.50', [])).toEqual([]);
  });
});
