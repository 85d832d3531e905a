import type { Tariff } from '@voltbus/contracts';
import { minorDigits } from '@voltbus/pricing';
import { Decimal } from 'decimal.js';

/** Digits of a price behind the point: stations compute with three unless they are set otherwise. */
const MOST_DIGITS = 3;
const MINUTES_OF_HOUR = 60;

/** The prices of a tariff as drivers pay them, with tax. */
interface DriverPrices {
  perKwh: Decimal;
  perHour: Decimal;
  perIdleHour: Decimal;
  fixed: Decimal;
}

export function driverPrices({ perKwh, perMinute, perIdleMinute, fixed, taxPercent }: Tariff): DriverPrices {
  const factor = new Decimal(taxPercent).div(100).plus(1);
  const withTax = (price: string): Decimal => new Decimal(price).times(factor);
  const ofHour = (price: string): Decimal => withTax(price).times(MINUTES_OF_HOUR);
  return { perKwh: withTax(perKwh), perHour: ofHour(perMinute), perIdleHour: ofHour(perIdleMinute), fixed: withTax(fixed) };
}

/** What drivers read before they charge, such as `EUR 0.59/kWh, EUR 6.00/h idle after 30 min`. With tax; what costs nothing is left out. */
export function priceText(tariff: Tariff): string {
  const { perKwh, perHour, perIdleHour, fixed } = driverPrices(tariff);
  const amount = (price: Decimal): string => money(price, tariff.currency);
  const grace = tariff.idleGraceMinutes === 0 ? '' : ` after ${tariff.idleGraceMinutes} min`;
  const parts = [
    [perKwh, () => `${amount(perKwh)}/kWh`],
    [perHour, () => `${amount(perHour)}/h`],
    [perIdleHour, () => `${amount(perIdleHour)}/h idle${grace}`],
    [fixed, () => `${amount(fixed)} per session`],
  ] as const;
  const charged = parts.filter(([price]) => !price.isZero()).map(([, text]) => text());
  return charged.length === 0 ? 'free' : charged.join(', ');
}

/** An amount with as many digits as its currency has, or more where the price needs them. */
export function money(amount: Decimal, currency: string): string {
  const digits = Math.max(minorDigits(currency), Math.min(MOST_DIGITS, amount.toDecimalPlaces(MOST_DIGITS).decimalPlaces()));
  return `${currency} ${amount.toFixed(digits)}`;
}
