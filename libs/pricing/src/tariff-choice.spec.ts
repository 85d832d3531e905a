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
    ['who drives before where', [fleet, depot, day], 'fleet', 'token-group', []],
    ['where before what the tenant has for all', [depot, day], 'depot', 'station-group', []],
    ['what the tenant has for all', [day], 'day', 'tenant', []],
    ['nothing where nothing is offered', [], null, null, []],
    ['the next where one is not there, and says so', [missing(fleet), depot, day], 'depot', 'station-group', ['tariff-missing']],
    ['nothing where none is there, and says so', [missing(day)], null, null, ['tariff-missing']],
    ['and says nothing of one that was not asked', [depot, missing(day)], 'depot', 'station-group', []],
  ])('takes %s', (_rule, offers, name, from, flags) => {
    const { tariff: chosen, ...rest } = choose(offers);
    expect([chosen?.tariff ?? null, rest]).toEqual([name, { from, flags }]);
  });

  it('names groups without regard to case', () => expect(groupKey('Fleet')).toBe(groupKey('FLEET')));
});
