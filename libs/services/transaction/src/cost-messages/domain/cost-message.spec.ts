import { tariff } from '../../prices/testing/price-events';
import { finalCost, runningCost, setUserPrice } from './cost-message';
import { priceText } from './price-text';

describe('the price as drivers read it, with tax', () => {
  it.each([
    [tariff('t', '0.49', { perMinute: '0', perIdleMinute: '0', fixed: '0', taxPercent: '19' }), 'EUR 0.583/kWh'],
    [
      tariff('t', '0.50', { perMinute: '0.01', perIdleMinute: '0.10', fixed: '1' }),
      'EUR 0.60/kWh, EUR 0.72/h, EUR 7.20/h idle after 5 min, EUR 1.20 per session',
    ],
    [tariff('t', '0', { perIdleMinute: '0.10', idleGraceMinutes: 0, fixed: '0', taxPercent: '0' }), 'EUR 6.00/h idle'],
    [tariff('t', '0', { perIdleMinute: '0', fixed: '0' }), 'free'],
    [tariff('t', '40', { currency: 'JPY', perIdleMinute: '0', fixed: '0', taxPercent: '10' }), 'JPY 44/kWh'],
    [tariff('t', '0.1', { currency: 'KWD', perIdleMinute: '0', fixed: '0', taxPercent: '0' }), 'KWD 0.100/kWh'],
  ])('of %j is %s', (one, text) => {
    expect(priceText(one)).toBe(text);
  });
});

describe('a message', () => {
  const cost = {
    currency: 'EUR',
    energy: '1.00',
    time: '0',
    idle: '0',
    fixed: '1.00',
    total: '2.00',
    taxPercent: '20',
    totalInclTax: '2.40',
  };
  const period = (kind: 'charging' | 'idle') => ({ kind, startedAt: '2026-01-01T00:00:00Z', seconds: 600, energyWh: 2_000 });
  const account = { meterStartWh: 1_000, energyWh: 2_000.4, periods: [period('charging')] };
  const at = new Date('2026-01-01T00:10:00Z');
  const dataOf = ({ vendorId, data }: { vendorId: string; data: string }): unknown => {
    expect(vendorId).toBe('org.openchargealliance.costmsg');
    return JSON.parse(data);
  };

  it('tells the price of a token', () => {
    const message = setUserPrice('TAG', tariff('t', '0.50', { perIdleMinute: '0', fixed: '0' }));
    expect([message.messageId, dataOf(message)]).toEqual(['SetUserPrice', { idToken: 'TAG', priceText: 'EUR 0.60/kWh' }]);
  });

  it('tells the cost of a session that runs, with prices by the hour, and leaves out what costs nothing', () => {
    const dear = tariff('t', '0.50', { perMinute: '0.01' });
    expect(dataOf(runningCost(7, { account, cost, tariff: dear }, at))).toEqual({
      ...{ transactionId: 7, timestamp: '2026-01-01T00:10:00.000Z', meterValue: 3_000, cost: 2.4, state: 'Charging' },
      ...{ chargingPrice: { kWhPrice: 0.6, hourPrice: 0.72, flatFee: 1.2 }, idlePrice: { graceMinutes: 5, hourPrice: 7.2 } },
    });
    const idle = { ...account, periods: [period('charging'), period('idle')] };
    const plain = tariff('t', '0.50', { perIdleMinute: '0', fixed: '0' });
    expect(dataOf(runningCost(7, { account: idle, cost, tariff: plain }, at))).toMatchObject({
      state: 'Idle',
      chargingPrice: { kWhPrice: 0.6 },
    });
    expect(dataOf(runningCost(7, { account: idle, cost, tariff: plain }, at))).not.toHaveProperty('idlePrice');
    expect(dataOf(runningCost(7, { account, cost, tariff: null }, at))).not.toHaveProperty('chargingPrice');
  });

  it('tells what a session has cost, with no reading as with readings', () => {
    expect(dataOf(finalCost(7, { account, cost, tariff: null }))).toEqual({ transactionId: 7, cost: 2.4, priceText: 'EUR 2.40 for 2 kWh' });
    const none = { meterStartWh: null, energyWh: null, periods: [] };
    expect(dataOf(finalCost(7, { account: none, cost, tariff: null }))).toMatchObject({ priceText: 'EUR 2.40 for 0 kWh' });
    expect(dataOf(runningCost(7, { account: none, cost, tariff: null }, at))).toMatchObject({ meterValue: 0, state: 'Charging' });
  });
});
