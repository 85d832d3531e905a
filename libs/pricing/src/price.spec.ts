import type { Tariff, TransactionPeriod } from '@voltbus/contracts';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { free, negate, negateAmount, price } from './price';

const byEnergy: Tariff = {
  tariff: 'day',
  currency: 'EUR',
  perKwh: '0.49',
  perMinute: '0',
  perIdleMinute: '0',
  idleGraceMinutes: 0,
  fixed: '0',
  taxPercent: '19',
};

function charging(seconds: number, energyWh: number): TransactionPeriod {
  return { kind: 'charging', startedAt: '2026-03-01T10:00:00.000Z', seconds, energyWh };
}
function idle(seconds: number): TransactionPeriod {
  return { kind: 'idle', startedAt: '2026-03-01T11:00:00.000Z', seconds, energyWh: 0 };
}

describe('price', () => {
  it('I02 prices energy by the kilowatt-hour and adds the tax at the end', () => {
    const { cost } = price({ energyWh: 7350, periods: [charging(3600, 7350)] }, byEnergy);
    expect(cost).toEqual({
      currency: 'EUR',
      energy: '3.60',
      time: '0.00',
      idle: '0.00',
      fixed: '0.00',
      total: '3.60',
      taxPercent: '19',
      totalInclTax: '4.28',
    });
  });

  it('charges minutes while energy flows, and idle minutes only beyond the grace', () => {
    const tariff: Tariff = {
      ...byEnergy,
      perKwh: '0.50',
      perMinute: '0.02',
      perIdleMinute: '0.10',
      idleGraceMinutes: 5,
      fixed: '1.00',
      taxPercent: '0',
    };
    const { cost, periodCosts } = price(
      { energyWh: 10_000, periods: [charging(1800, 6000), idle(240), charging(1800, 4000), idle(600)] },
      tariff,
    );
    expect(cost).toMatchObject({ energy: '5.00', time: '1.20', idle: '0.90', fixed: '1.00', total: '8.10', totalInclTax: '8.10' });
    expect(periodCosts).toEqual(['3.60', '0.00', '2.60', '0.90']);
  });

  it.each([
    ['0.125', '0.12'],
    ['0.135', '0.14'],
    ['0.1250000001', '0.13'],
  ])('rounds half to even, once: %s a kilowatt-hour for one is %s', (perKwh, energy) => {
    expect(price({ energyWh: 1000, periods: [charging(60, 1000)] }, { ...byEnergy, perKwh }).cost.energy).toBe(energy);
  });

  it.each([
    ['JPY', '4'],
    ['EUR', '3.60'],
    ['KWD', '3.602'],
  ])('shows amounts in the minor unit of %s', (currency, energy) => {
    expect(price({ energyWh: 7350, periods: [charging(3600, 7350)] }, { ...byEnergy, currency }).cost.energy).toBe(energy);
  });

  it('is zero in the given currency when no tariff applies', () => {
    expect(price({ energyWh: 7350, periods: [charging(3600, 7350)] }, free('SEK')).cost).toMatchObject({
      currency: 'SEK',
      total: '0.00',
      totalInclTax: '0.00',
    });
  });

  it('charges the fixed amount even without a period', () => {
    expect(price({ energyWh: 0, periods: [] }, { ...byEnergy, fixed: '1' })).toMatchObject({ cost: { total: '1.00' }, periodCosts: [] });
  });
});

describe('negate', () => {
  it('negates every amount and keeps the tax rate', () => {
    const { cost } = price({ energyWh: 7350, periods: [charging(3600, 7350)] }, byEnergy);
    expect(negate(cost)).toMatchObject({ energy: '-3.60', time: '0.00', total: '-3.60', totalInclTax: '-4.28', taxPercent: '19' });
    expect(negate(negate(cost))).toEqual(cost);
  });

  it('returns no negative zero', () => {
    expect(['0.00', '-0.00', '0', '1.20', '-1.20'].map(negateAmount)).toEqual(['0.00', '0.00', '0', '-1.20', '1.20']);
  });
});

const rate = fc.integer({ min: 0, max: 2_000_000 }).map((millionths) => new Decimal(millionths).div(1_000_000).toFixed());
const period = fc.record({
  kind: fc.constantFrom('charging' as const, 'idle' as const),
  startedAt: fc.constant('2026-03-01T10:00:00.000Z'),
  seconds: fc.integer({ min: 0, max: 100_000 }),
  energyWh: fc.integer({ min: 0, max: 200_000 }),
});
const anyTariff = fc.record<Tariff>({
  tariff: fc.constant('any'),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  perKwh: rate,
  perMinute: rate,
  perIdleMinute: rate,
  idleGraceMinutes: fc.integer({ min: 0, max: 60 }),
  fixed: rate,
  taxPercent: fc.constantFrom('0', '7', '19', '25.5'),
});

describe('for any session and tariff', () => {
  const session = fc
    .array(period, { minLength: 1, maxLength: 40 })
    .map((periods) => ({ periods, energyWh: periods.reduce((sum, { energyWh }) => sum + energyWh, 0) }));
  const add = (amounts: string[]): Decimal => amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0));

  it('the periods and the fixed amount add up to the total, which is the sum of its lines', () => {
    fc.assert(
      fc.property(session, anyTariff, (facts, tariff) => {
        const { cost, periodCosts } = price(facts, tariff);
        expect(add([...periodCosts, cost.fixed]).toFixed()).toBe(new Decimal(cost.total).toFixed());
        expect(add([cost.energy, cost.time, cost.idle, cost.fixed]).toFixed()).toBe(new Decimal(cost.total).toFixed());
      }),
    );
  });

  it('no amount is negative and no line differs from its exact value by more than half a minor unit', () => {
    fc.assert(
      fc.property(session, anyTariff, (facts, tariff) => {
        const { cost, periodCosts } = price(facts, tariff);
        for (const amount of [...periodCosts, cost.energy, cost.time, cost.idle, cost.fixed, cost.total])
          expect(Number(amount)).toBeGreaterThanOrEqual(0);
        const exact = new Decimal(tariff.perKwh).times(facts.energyWh).div(1000);
        const unit = new Decimal(10).pow(-(cost.energy.split('.')[1]?.length ?? 0));
        expect(exact.minus(cost.energy).abs().lte(unit.div(2))).toBe(true);
      }),
    );
  });

  it('a credit and its charge add up to zero', () => {
    fc.assert(
      fc.property(session, anyTariff, (facts, tariff) => {
        const { cost } = price(facts, tariff);
        expect(add([cost.totalInclTax, negate(cost).totalInclTax]).isZero()).toBe(true);
      }),
    );
  });
});
