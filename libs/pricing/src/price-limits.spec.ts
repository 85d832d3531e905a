import type { Tariff, TransactionPeriod } from '@voltbus/contracts';
import { Decimal as Default } from 'decimal.js';
import fc from 'fast-check';
import { minorDigits } from './currency';
import { negate, price } from './price';

const Decimal = Default.clone({ precision: 80 });

const tariff: Tariff = {
  tariff: 'day',
  currency: 'EUR',
  perKwh: '0.49',
  perMinute: '0.02',
  perIdleMinute: '0.10',
  idleGraceMinutes: 0,
  fixed: '0.35',
  taxPercent: '19',
};
const period = (kind: TransactionPeriod['kind'], seconds: number, energyWh = 0): TransactionPeriod => ({
  kind,
  startedAt: '2026-03-01T10:00:00.000Z',
  seconds,
  energyWh,
});
const sum = (amounts: readonly string[]): string => amounts.reduce((total, amount) => total.plus(amount), new Decimal(0)).toFixed();
const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

describe('a session', () => {
  it('without energy and time costs the fixed amount', () => {
    const { cost, periodCosts } = price({ energyWh: 0, periods: [period('idle', 0)] }, tariff);
    expect([cost.energy, cost.time, cost.idle, cost.total, cost.totalInclTax, periodCosts]).toEqual([
      ...['0.00', '0.00', '0.00', '0.35', '0.42', ['0.00']],
    ]);
  });

  it('of years and of the energy of a power plant is priced to the last unit', () => {
    const dear: Tariff = { ...tariff, perKwh: '999999999.999999999', perMinute: '999999999.999999999' };
    const facts = { energyWh: Number.MAX_SAFE_INTEGER, periods: [period('charging', 3_155_692_600, Number.MAX_SAFE_INTEGER)] };
    const { cost, periodCosts } = price(facts, dear);
    expect(cost).toMatchObject({ energy: '9007199254740990990992.80', time: '52594876666666666.61' });
    expect(sum([...periodCosts, cost.fixed])).toBe(new Decimal(cost.total).toFixed());
  });

  it('with negative energy is credited its price, and its periods add up to the total', () => {
    const { cost, periodCosts } = price(
      { energyWh: -7350, periods: [period('charging', 60, -7000), period('charging', 60, -350)] },
      tariff,
    );
    expect(cost).toMatchObject({ energy: '-3.60', time: '0.04', total: '-3.21', totalInclTax: '-3.82' });
    expect(sum([...periodCosts, cost.fixed])).toBe('-3.21');
    expect(negate(cost)).toMatchObject({ energy: '3.60', time: '-0.04', total: '3.21' });
  });

  it.each([
    ['spring, when the night has an hour less', '2026-03-28T22:00:00+01:00', '2026-03-29T08:00:00+02:00', 9],
    ['autumn, when it has an hour more', '2026-10-24T22:00:00+02:00', '2026-10-25T08:00:00+01:00', 11],
    ['days without end', '2026-02-27T22:00:00+01:00', '2026-03-01T08:00:00+01:00', 34],
  ])('in %s pays for the time that passed, not for the difference in local time', (_night, from, to, hours) => {
    const { cost } = price({ energyWh: 0, periods: [period('charging', secondsBetween(from, to))] }, { ...tariff, perMinute: '1' });
    expect(cost.time).toBe(`${hours * 60}.00`);
  });
});

describe('the idle grace', () => {
  it('is used up once in a session, not in each pause, and only by idle time', () => {
    const periods = [period('idle', 400), period('charging', 3600), period('idle', 400), period('idle', 100)];
    const { cost, periodCosts } = price(
      { energyWh: 0, periods },
      { ...tariff, perMinute: '0', idleGraceMinutes: 10, perIdleMinute: '0.60' },
    );
    expect([cost.idle, periodCosts]).toEqual(['3.00', ['0.00', '0.00', '2.00', '1.00']]);
  });

  it('makes idling free when it is longer than all idle time', () => {
    expect(price({ energyWh: 0, periods: [period('idle', 599)] }, { ...tariff, idleGraceMinutes: 10 }).cost.idle).toBe('0.00');
  });
});

describe('the minor unit', () => {
  it.each([
    ['JPY', 0],
    ['KRW', 0],
    ['CLP', 0],
    ['EUR', 2],
    ['HUF', 2],
    ['XXX', 2],
    ['BHD', 3],
    ['TND', 3],
    ['CLF', 4],
  ])('of %s has the %i digits of ISO 4217 in every amount', (currency, digits) => {
    expect(minorDigits(currency)).toBe(digits);
    const { cost, periodCosts } = price(
      { energyWh: 7351, periods: [period('charging', 61, 7351), period('idle', 61)] },
      { ...tariff, currency },
    );
    for (const amount of [cost.energy, cost.time, cost.idle, cost.fixed, cost.total, cost.totalInclTax, ...periodCosts])
      expect(amount.split('.')[1]?.length ?? 0).toBe(digits);
    expect(sum([...periodCosts, cost.fixed])).toBe(new Decimal(cost.total).toFixed());
  });
});

describe('for any session', () => {
  const rates = fc.integer({ min: 0, max: 3_000_000 }).map((millionths) => new Decimal(millionths).div(1_000_000).toFixed());
  const tariffs = fc.record({ perKwh: rates, perMinute: rates, perIdleMinute: rates, fixed: rates, idleGraceMinutes: fc.nat(30) });
  const stretches = fc.array(fc.record({ idle: fc.boolean(), seconds: fc.nat(50_000), energyWh: fc.integer({ min: -500, max: 90_000 }) }), {
    minLength: 1,
    maxLength: 20,
  });
  const facts = (list: { idle: boolean; seconds: number; energyWh: number }[]) => {
    const periods = list.map(({ idle, seconds, energyWh }) => period(idle ? 'idle' : 'charging', seconds, energyWh));
    return { periods, energyWh: periods.reduce((total, { energyWh }) => total + energyWh, 0) };
  };

  it('the price does not depend on how finely the periods are divided', () => {
    fc.assert(
      fc.property(stretches, tariffs, (list, rest) => {
        const cut = list.flatMap(({ idle, seconds, energyWh }) => [
          { idle, seconds: Math.floor(seconds / 3), energyWh: 0 },
          { idle, seconds: seconds - Math.floor(seconds / 3), energyWh },
        ]);
        expect(price(facts(cut), { ...tariff, ...rest }).cost).toEqual(price(facts(list), { ...tariff, ...rest }).cost);
      }),
    );
  });

  it('the periods and the fixed amount add up to the total, also when a meter ran backwards for a while', () => {
    fc.assert(
      fc.property(stretches, tariffs, (list, rest) => {
        const { cost, periodCosts } = price(facts(list), { ...tariff, ...rest });
        expect(sum([...periodCosts, cost.fixed])).toBe(new Decimal(cost.total).toFixed());
      }),
    );
  });

  it('more energy never costs less, and the tax is that of the rounded total', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(1_000_000), tariffs, (less, more, rest) => {
        const of = (energyWh: number) => price({ energyWh, periods: [period('charging', 60, energyWh)] }, { ...tariff, ...rest }).cost;
        expect(new Decimal(of(less + more).total).gte(of(less).total)).toBe(true);
        const { total, totalInclTax } = of(less);
        expect(new Decimal(total).times('1.19').minus(totalInclTax).abs().lte('0.005')).toBe(true);
      }),
    );
  });
});
