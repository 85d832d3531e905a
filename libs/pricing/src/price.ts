import type { CdrCost, Tariff, TransactionPeriod } from '@voltbus/contracts';
import { Decimal } from 'decimal.js';
import { minorDigits } from './currency';
import { apportion } from './apportion';

/** What is known of a session when it is priced. */
export interface SessionFacts {
  /** Energy to bill, Wh; the sum of the periods' energies. */
  energyWh: number;
  /** The whole session in order, without gaps. */
  periods: readonly TransactionPeriod[];
}

export interface Price {
  cost: CdrCost;
  /** Cost of each period, in the order given. Their sum and `cost.fixed` are `cost.total`. */
  periodCosts: string[];
}

/** Enough that dividing a price by 60 or 1000 never moves a tie. */
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -30, toExpPos: 30 });

const WH_PER_KWH = 1000;
const SECONDS_PER_MINUTE = 60;

/**
 * What a session costs by a tariff. Exact until the end: each line (energy, time, idle, fixed) is rounded once, half to even, to
 * the currency's minor unit, and the total is the sum of the lines as shown, so that a bill can be checked with a pencil.
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

/** What a session costs where no tariff applies: nothing, in that currency. */
export function free(currency: string): Tariff {
  return { tariff: '', currency, perKwh: '0', perMinute: '0', perIdleMinute: '0', idleGraceMinutes: 0, fixed: '0', taxPercent: '0' };
}

/** The same cost with every amount turned round: what a credit says. Twice is the original. */
export function negate(cost: CdrCost): CdrCost {
  const { energy, time, idle, fixed, total, totalInclTax } = cost;
  const turned = { energy, time, idle, fixed, total, totalInclTax };
  return { ...cost, ...mapAmounts(turned, negateAmount) };
}

/** The amount turned round, with as many places; zero stays without a sign. */
export function negateAmount(amount: string): string {
  if (/^-?0*(\.0*)?$/.test(amount)) return amount.replace('-', '');
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

/** Idle seconds that count in each period: the grace is used up first, in order. */
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
  // The keys are the ones given: fromEntries forgets them.
  return Object.fromEntries(Object.entries<string>(amounts).map(([key, amount]) => [key, change(amount)])) as Record<K, string>;
}
