import { checkRequest } from '@voltbus/ocpp';
import { price } from '@voltbus/pricing';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { tariff } from '../testing/price-events';
import { tariffType } from './tariff';

type TariffType = ReturnType<typeof tariffType>;

const BEGIN = Date.UTC(2026, 4, 1);
const rate = fc.integer({ min: 0, max: 500 }).map((cents) => (cents / 100).toFixed(2));
const tariffs = fc
  .record({
    perKwh: rate,
    perMinute: rate,
    perIdleMinute: rate,
    fixed: rate,
    idleGraceMinutes: fc.integer({ min: 0, max: 60 }),
    taxPercent: rate,
  })
  .map(({ perKwh, ...more }) => tariff('day', perKwh, more));

/** What a station reckons, without tax, as 2.1 has it: each price for what it applies to. */
function reckoned(sent: TariffType, { wh, charging, idle }: { wh: number; charging: number; idle: number }): string {
  const grace = sent.idleTime?.prices[0]?.conditions?.minIdleTime ?? 0;
  const of = (amount: Decimal) => amount.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN);
  return [
    new Decimal(sent.energy?.prices[0]?.priceKwh ?? 0).times(wh).div(1000),
    new Decimal(sent.chargingTime?.prices[0]?.priceMinute ?? 0).times(charging).div(60),
    new Decimal(sent.idleTime?.prices[0]?.priceMinute ?? 0).times(Math.max(0, idle - grace)).div(60),
    new Decimal(sent.fixedFee?.prices[0]?.priceFixed ?? 0),
  ]
    .reduce((sum, line) => sum.plus(of(line)), new Decimal(0))
    .toFixed(2);
}

describe('a tariff as TariffType of 2.1', () => {
  it('I07 has each price without tax, and leaves out free components', () => {
    expect(tariffType(tariff('day', '0.49', { perMinute: '0' }))).toEqual({
      tariffId: expect.stringMatching(/^day-[0-9a-f]{16}$/) as string,
      currency: 'EUR',
      energy: { prices: [{ priceKwh: 0.49 }], taxRates: [{ type: 'VAT', tax: 20 }] },
      idleTime: { prices: [{ priceMinute: 0.1, conditions: { minIdleTime: 300 } }], taxRates: [{ type: 'VAT', tax: 20 }] },
      fixedFee: { prices: [{ priceFixed: 1 }], taxRates: [{ type: 'VAT', tax: 20 }] },
    });
  });

  it('I08.FR.08, I08.FR.09: has no validFrom, and another id when its content is another, however it is written', () => {
    const id = (perKwh: string, name = 'day') => tariffType(tariff(name, perKwh)).tariffId;
    expect(tariffType(tariff('day', '0.49'))).not.toHaveProperty('validFrom');
    expect(id('0.490')).toBe(id('0.49'));
    expect(id('0.50')).not.toBe(id('0.49'));
    expect(id('0.49', 'x'.repeat(200)).length).toBe(60);
  });

  it('is what SetDefaultTariff takes, and comes to what we bill, whatever the tariff and the session', () => {
    const session = {
      wh: fc.integer({ min: 0, max: 100_000 }),
      charging: fc.integer({ min: 0, max: 86_400 }),
      idle: fc.integer({ min: 0, max: 86_400 }),
    };
    fc.assert(
      fc.property(tariffs, fc.record(session), (ours, facts) => {
        const sent = tariffType(ours);
        expect(checkRequest('ocpp2.1', 'SetDefaultTariff', { evseId: 0, tariff: sent }, 'strict')).toMatchObject({ ok: true });
        const startedAt = new Date(BEGIN).toISOString();
        const periods = [
          { kind: 'charging' as const, startedAt, seconds: facts.charging, energyWh: facts.wh },
          { kind: 'idle' as const, startedAt, seconds: facts.idle, energyWh: 0 },
        ];
        expect(reckoned(sent, facts)).toBe(price({ energyWh: facts.wh, periods }, ours).cost.total);
      }),
    );
  });
});
