import { Decimal } from 'decimal.js';

/**
 * Divides a rounded total in proportion to exact weights, in whole minor units, so that the shares add up to it. The units that are left
 * after rounding down go to the largest remainders, among equals to the earlier.
 */
export function apportion(total: Decimal, weights: readonly Decimal[], digits: number): Decimal[] {
  const zero = total.minus(total);
  const all = weights.reduce((sum, weight) => sum.plus(weight), zero);
  if (all.isZero()) return weights.map((_, at) => (at === 0 ? total : zero));
  const exact = weights.map((weight) => total.times(weight).div(all));
  const shares = exact.map((share) => share.toDecimalPlaces(digits, Decimal.ROUND_FLOOR));
  const unit = zero.plus(1).div(10 ** digits);
  const left = total
    .minus(shares.reduce((sum, share) => sum.plus(share), zero))
    .div(unit)
    .round()
    .toNumber();
  const byRemainder = exact
    .map((share, at) => ({ at, remainder: share.minus(shares[at] ?? zero) }))
    .sort((a, b) => b.remainder.comparedTo(a.remainder)); // the sort is stable: the earlier of equals stays first
  const receivers = new Set(byRemainder.slice(0, left).map(({ at }) => at));
  return shares.map((share, at) => (receivers.has(at) ? share.plus(unit) : share));
}
