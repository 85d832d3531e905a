import { SWITCHABLE_NAMES } from '@voltbus/contracts';
import { effectiveQuirks, settingsOf, type QuirkyStation } from './effective-quirks';
import type { QuirkProfile, SwitchedQuirk } from './quirk-profile';

const STATION: QuirkyStation = { station: 'CS-1', vendor: 'Acme', model: 'Wall 22', firmware: '1.4.2', group: 'north' };
const profile = (name: string, quirks: Partial<SwitchedQuirk>[], filter: Partial<QuirkProfile> = {}): QuirkProfile => ({
  ...{ profile: name, description: null, vendors: [], models: [], firmwareVersions: [], groups: [], stations: [] },
  quirks: quirks.map((one) => ({ quirk: 'no-pings', on: true, value: null, ...one })),
  ...filter,
});
const noPings = (profiles: readonly QuirkProfile[], station = STATION) => {
  const { on, profile: name, level } = effectiveQuirks(profiles, station).find(({ quirk }) => quirk === 'no-pings') ?? {};
  return [on, name, level];
};

describe('what holds for a station', () => {
  it('is as by default without a profile', () => {
    expect(effectiveQuirks([], STATION).map(({ quirk, level }) => [quirk, level])).toEqual(
      SWITCHABLE_NAMES.map((quirk) => [quirk, 'default']),
    );
    expect(settingsOf([], STATION)).toEqual({});
  });

  it('is what the closest profile says, which may take back what a wider one switched', () => {
    const widest = [
      profile('tenant', [{}]),
      profile('vendor', [{ on: false }], { vendors: ['ac*'] }),
      profile('model', [{}], { models: ['WALL*'] }),
      profile('firmware', [{ on: false }], { firmwareVersions: ['1.*'] }),
      profile('group', [{}], { groups: ['NORTH'] }),
      profile('station', [{ on: false }], { stations: ['CS-*'] }),
    ];
    const expected = widest.map(({ profile: name }, at) => [at % 2 === 0, name, name]);
    for (const order of [widest, [...widest].reverse()])
      for (let at = 0; at < widest.length; at++) expect(noPings(order.filter((one) => widest.indexOf(one) <= at))).toEqual(expected[at]);
  });

  it('is at one level what the profile with more conditions says, then the first by name', () => {
    const [a, b] = [profile('a', [{}]), profile('b', [{ on: false }])];
    expect(noPings([b, a])).toEqual([true, 'a', 'tenant']);
    const wide = profile('a', [{}], { groups: ['north'] });
    const close = profile('b', [{ on: false }], { groups: ['north'], vendors: ['Acme'] });
    expect(noPings([wide, close])).toEqual([false, 'b', 'group']);
  });

  it('comes only from profiles whose every condition it meets: a station that says nothing of itself meets no pattern', () => {
    const mute = { ...STATION, vendor: null, model: null, firmware: null, group: null };
    for (const filter of [
      { vendors: ['*'] },
      { models: ['*'] },
      { firmwareVersions: ['*'] },
      { groups: ['north'] },
      { stations: ['CS-2'] },
    ])
      expect(noPings([profile('a', [{}], filter)], mute)).toEqual([false, null, 'default']);
    expect(noPings([profile('a', [{}], { vendors: ['Acme'], models: ['other'] })])).toEqual([false, null, 'default']);
  });

  it('travels only where it is not as by default', () => {
    const quirks: Partial<SwitchedQuirk>[] = [
      {},
      { quirk: 'available-ends', on: true },
      { quirk: 'heartbeat-at-most', value: '60' },
      { quirk: 'energy-in-kwh', on: false },
    ];
    expect(settingsOf([profile('a', quirks)], STATION)).toEqual({ 'no-pings': true, 'heartbeat-at-most': 60 });
    expect(settingsOf([profile('a', [{ quirk: 'available-ends', on: false }])], STATION)).toEqual({ 'available-ends': false });
  });

  it('passes over entries that this version does not know', () => {
    const newer = profile('a', [{ quirk: 'of-tomorrow' as never }, {}]);
    expect(settingsOf([newer], STATION)).toEqual({ 'no-pings': true });
  });

  it('is found in little time for the worst of patterns and texts', () => {
    const patterns = Array.from({ length: 20 }, (_, at) => `${'*a'.repeat(49)}${at}`);
    const worst = Array.from({ length: 50 }, (_, at) =>
      profile(`p${at}`, [{}], { vendors: patterns, models: patterns, stations: patterns }),
    );
    const began = performance.now();
    for (let at = 0; at < 20; at++) settingsOf(worst, { ...STATION, vendor: 'a'.repeat(255), model: 'a'.repeat(255) });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
