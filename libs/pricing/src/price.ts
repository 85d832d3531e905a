import type { CdrCost, Tariff, TransactionPeriod } from '@voltbus/contracts';
import { Decimal } from 'decimal.js';
import { minorDigits } from './currency';
import { apportion } from './apportion';

/** The facts by which a session is priced. */
export interface SessionFacts {
  /** Energy to bill in Wh, which is the sum of the periods' energies. */
  energyWh: number;
  /** The whole session in order, without gaps. */
  periods: readonly TransactionPeriod[];
}

export interface Price {
  cost: CdrCost;
  /** Cost of each period, in the order given. Their sum and `cost.fixed` are `cost.total`. */
  periodCosts: string[];
}

/** So precise that dividing a price by 60 or 1000 never moves a tie. */
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -30, toExpPos: 30 });

const WH_PER_KWH = 1000;
const SECONDS_PER_MINUTE = 60;

/**
 * Prices a session by a tariff. The calculation is exact until the end: each line (energy, time, idle, fixed) is rounded once, half to even,
 * to the currency's minor unit. The total is the sum of the rounded lines, so that a bill can be checked by hand.
 * `perMinute` counts while energy flows, `perIdleMinute` while it does not, after the session's first `idleGraceMinutes` of idling.
 */
export function price(facts: SessionFacts, tariff: Tariff): Price {
  const digits = minorDigits(tariff.currency);
  const idleSeconds = chargedIdleSeconds(facts.periods, tariff.idleGraceMinutes * SECONDS_PER_MINUTE);
  const chargingSeconds = facts.periods.map((period) => (period.kind === 'charging' ? period.seconds : 0));

  const energy = round(perKwh(tariff, facts.energyWh), digits);
  const time = round(perMinute(tariff.perMinute, sum(chargingSeconds)), digits);
  const idle = round(perMinute(tariff.perIdleMinute, sum(idleSeconds)), digits);
  const fixed = round(new Exact(tariff.fixed), digits);
  const variable = energy.plus(time).plus(idle);
  const total = variable.plus(fixed);
  const totalInclTax = round(total.times(new Exact(tariff.taxPercent).plus(100)).div(100), digits);

  const exact = facts.periods.map((period, at) =>
    perKwh(tariff, period.energyWh)
      .plus(perMinute(tariff.perMinute, chargingSeconds[at] ?? 0))
      .plus(perMinute(tariff.perIdleMinute, idleSeconds[at] ?? 0)),
  );
  const show = (amount: Decimal): string => amount.toFixed(digits);
  return {
    cost: {
      currency: tariff.currency,
      energy: show(energy),
      time: show(time),
      idle: show(idle),
      fixed: show(fixed),
      total: show(total),
      taxPercent: tariff.taxPercent,
      totalInclTax: show(totalInclTax),
    },
    periodCosts: apportion(variable, exact, digits).map(show),
  };
}

/** A tariff by which everything is free, for sessions to which no tariff applies. */
export function free(currency: string): Tariff {
  return { tariff: '', currency, perKwh: '0', perMinute: '0', perIdleMinute: '0', idleGraceMinutes: 0, fixed: '0', taxPercent: '0' };
}

/** The cost with every amount negated, for a credit. Negated twice it is the original. */
export function negate(cost: CdrCost): CdrCost {
  const { energy, time, idle, fixed, total, totalInclTax } = cost;
  const amounts = { energy, time, idle, fixed, total, totalInclTax };
  return { ...cost, ...mapAmounts(amounts, negateAmount) };
}

/** Negates an amount and keeps its decimal places. Zero has no sign. */
export function negateAmount(amount: string): string {
  if (/^-?0*(\.0*)?$/.test(amount)) return amount.replace('-', '');
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

/** The idle seconds of each period that are charged. The grace is used up by the first ones. */
function chargedIdleSeconds(periods: readonly TransactionPeriod[], graceSeconds: number): number[] {
  let grace = graceSeconds;
  return periods.map((period) => {
    if (period.kind !== 'idle') return 0;
    const forgiven = Math.min(grace, period.seconds);
    grace -= forgiven;
    return period.seconds - forgiven;
  });
}

function perKwh(tariff: Tariff, energyWh: number): Decimal {
  return new Exact(tariff.perKwh).times(energyWh).div(WH_PER_KWH);
}

function perMinute(rate: string, seconds: number): Decimal {
  return new Exact(rate).times(seconds).div(SECONDS_PER_MINUTE);
}

function round(amount: Decimal, digits: number): Decimal {
  return amount.toDecimalPlaces(digits, Decimal.ROUND_HALF_EVEN);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mapAmounts<K extends string>(amounts: Record<K, string>, change: (amount: string) => string): Record<K, string> {
  // fromEntries loses the type of the keys, which are those of `amounts`.
  return Object.fromEntries(Object.entries<string>(amounts).map(([key, amount]) => [key, change(amount)])) as Record<K, string>;
}
