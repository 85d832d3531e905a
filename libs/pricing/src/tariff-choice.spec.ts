import type { Tariff } from '@voltbus/contracts';
import { choose, groupKey, type Offer } from './tariff-choice';

const tariff = (name: string): Tariff => ({
  tariff: name,
  currency: 'EUR',
  perKwh: '1',
  perMinute: '0',
  perIdleMinute: '0',
  idleGraceMinutes: 0,
  fixed: '0',
  taxPercent: '0',
});
const fleet: Offer = { from: 'token-group', tariff: tariff('fleet') };
const depot: Offer = { from: 'station-group', tariff: tariff('depot') };
const day: Offer = { from: 'tenant', tariff: tariff('day') };
const missing = (offer: Offer): Offer => ({ ...offer, tariff: null });

describe('choosing a tariff', () => {
  it.each<[string, Offer[], string | null, string | null, string[]]>([
    ['the token group before the station group', [fleet, depot, day], 'fleet', 'token-group', []],
    ['the station group before the default of the tenant', [depot, day], 'depot', 'station-group', []],
    ['the default of the tenant', [day], 'day', 'tenant', []],
    ['nothing when nothing is offered', [], null, null, []],
    ['the next when a tariff is missing, with a flag', [missing(fleet), depot, day], 'depot', 'station-group', ['tariff-missing']],
    ['nothing when all are missing, with a flag', [missing(day)], null, null, ['tariff-missing']],
    ['the first that exists, without a flag for a later one that is missing', [depot, missing(day)], 'depot', 'station-group', []],
  ])('takes %s', (_rule, offers, name, from, flags) => {
    const { tariff: chosen, ...rest } = choose(offers);
    expect([chosen?.tariff ?? null, rest]).toEqual([name, { from, flags }]);
  });

  it('compares groups without regard to case', () => expect(groupKey('Fleet')).toBe(groupKey('FLEET')));
});
