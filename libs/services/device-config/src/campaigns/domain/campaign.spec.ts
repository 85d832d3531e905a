import { advanced, cancelled, hasWaited, paused, resumed, type Campaign, type WaveCounts } from './campaign';
import { waveSizes } from './waves';
import { openSince } from './window';

const AT = new Date('2026-06-01T00:00:00Z');
const LATER = new Date('2026-06-01T01:00:00Z');
const CAMPAIGN: Campaign = {
  ...{ id: 'c', tenant: 'default', name: 'n', kind: 'firmware', work: {}, createdBy: 'spec', createdAt: AT, state: 'running' },
  ...{ wave: 1, waves: 3, waveAt: AT, forgiven: 0, endedAt: null, approval: null },
  plan: {
    filter: { vendors: [], models: [], firmwareVersions: [], groups: [] },
    ...{ waves: [], window: null, timeZone: 'UTC', jitterSeconds: 0, atOnce: 10, maxFailures: 2, waveHours: 72 },
  },
};
const wave = (nth: number, counts: Partial<WaveCounts>): WaveCounts => ({
  ...{ wave: nth, pending: 0, started: 0, succeeded: 0, failed: 0, skipped: 0 },
  ...counts,
});

describe('the sizes of waves', () => {
  it.each([
    [10, [], [10]],
    [10, [{ stations: 1 }], [1, 9]],
    [10, [{ percent: 5 }, { percent: 25 }], [1, 3, 6]],
    [10, [{ percent: 50 }, { percent: 50 }], [5, 5]],
    [10, [{ percent: 100 }, { stations: 3 }], [10]],
    [3, [{ stations: 2 }, { stations: 2 }, { stations: 2 }], [2, 1]],
    [1, [{ percent: 0.001 }], [1]],
    [0, [{ stations: 5 }], []],
  ])('%i stations in %j are %j', (total, given, sizes) => {
    expect(waveSizes(total, given)).toEqual(sizes);
  });
});

describe('a window', () => {
  const night = { from: '22:00', to: '05:00' };
  const noon = { from: '12:00', to: '13:00' };
  it.each([
    [noon, 'UTC', '2026-06-01T11:59:59Z', null],
    [noon, 'UTC', '2026-06-01T12:00:00Z', '2026-06-01T12:00:00Z'],
    [noon, 'UTC', '2026-06-01T12:59:59Z', '2026-06-01T12:00:00Z'],
    [noon, 'UTC', '2026-06-01T13:00:00Z', null],
    [noon, 'Europe/Berlin', '2026-06-01T10:30:00Z', '2026-06-01T10:00:00Z'],
    [noon, 'Asia/Kolkata', '2026-06-01T06:45:00Z', '2026-06-01T06:30:00Z'],
    [night, 'UTC', '2026-06-01T23:00:00Z', '2026-06-01T22:00:00Z'],
    [night, 'UTC', '2026-06-02T04:59:00Z', '2026-06-01T22:00:00Z'],
    [night, 'UTC', '2026-06-02T05:00:00Z', null],
    [night, 'Pacific/Auckland', '2026-06-01T12:00:00Z', '2026-06-01T10:00:00Z'],
    // the clocks of Berlin go back, and forward, within the window
    [night, 'Europe/Berlin', '2026-10-25T03:30:00Z', '2026-10-24T20:00:00Z'],
    [night, 'Europe/Berlin', '2026-03-29T02:30:00Z', '2026-03-28T21:00:00Z'],
    // 02:30 is left out on that day
    [{ from: '02:30', to: '04:00' }, 'Europe/Berlin', '2026-03-29T01:30:00Z', '2026-03-29T01:30:00Z'],
  ])('%j in %s at %s is open since %s', (window, zone, now, since) => {
    expect(openSince(window, zone, Date.parse(now))).toBe(since === null ? null : Date.parse(since));
  });

  // 1 June 2026 is a Monday
  it.each([
    [{ ...noon, weekdays: ['monday'] as const }, 'UTC', '2026-06-01T12:30:00Z', '2026-06-01T12:00:00Z'],
    [{ ...noon, weekdays: ['sunday', 'tuesday'] as const }, 'UTC', '2026-06-01T12:30:00Z', null],
    [{ ...noon, weekdays: [] }, 'UTC', '2026-06-01T12:30:00Z', '2026-06-01T12:00:00Z'],
    // the night that began on Monday goes on on Tuesday; that of Sunday has ended
    [{ ...night, weekdays: ['monday'] as const }, 'UTC', '2026-06-02T04:00:00Z', '2026-06-01T22:00:00Z'],
    [{ ...night, weekdays: ['monday'] as const }, 'UTC', '2026-06-01T04:00:00Z', null],
    [{ ...night, weekdays: ['monday'] as const }, 'UTC', '2026-06-02T23:00:00Z', null],
    // it is Tuesday in Auckland, and still Monday in Honolulu
    [{ from: '00:00', to: '23:59', weekdays: ['tuesday'] as const }, 'Pacific/Auckland', '2026-06-01T13:00:00Z', '2026-06-01T12:00:00Z'],
    [{ from: '00:00', to: '23:59', weekdays: ['tuesday'] as const }, 'Pacific/Honolulu', '2026-06-02T09:00:00Z', null],
    [{ ...noon, weekdays: ['wednesday'] as const }, 'UTC', '1969-12-31T12:30:00Z', '1969-12-31T12:00:00Z'],
  ])('with days, %j in %s at %s is open since %s', (window, zone, now, since) => {
    expect(openSince(window, zone, Date.parse(now))).toBe(since === null ? null : Date.parse(since));
  });

  it('without one it is always open', () => {
    expect(openSince(null, 'UTC', LATER.getTime())).toBe(0);
  });
});

describe('a campaign', () => {
  const counted = (counts: WaveCounts[], campaign = CAMPAIGN) => advanced(campaign, counts, LATER);

  it('stays in a wave until every station of it has come to an end', () => {
    const rest = [wave(2, { pending: 5 }), wave(3, { pending: 5 })];
    for (const open of [{ pending: 1 }, { started: 1 }]) expect(counted([wave(1, { ...open, succeeded: 4 }), ...rest])).toBe(CAMPAIGN);
    expect(counted([wave(1, { succeeded: 2, failed: 2, skipped: 1 }), ...rest])).toMatchObject({ wave: 2, waveAt: LATER });
  });

  it('rests between two waves, which neither a pause nor a resume cuts short, and not after the last', () => {
    const restful = { ...CAMPAIGN, plan: { ...CAMPAIGN.plan, restHours: 24 } };
    const next = counted([wave(1, { succeeded: 2 }), wave(2, { pending: 5 })], restful);
    const after = new Date(LATER.getTime() + 24 * 3_600_000);
    expect(next).toMatchObject({ wave: 2, waveAt: after, state: 'running' });
    expect(resumed(paused(next) as Campaign, [], LATER)?.waveAt).toEqual(after);
    const past = new Date(after.getTime() + 1);
    expect(resumed(paused(next) as Campaign, [], past)?.waveAt).toEqual(past);
    expect(counted([wave(1, { succeeded: 1 })], restful)).toMatchObject({ state: 'done', endedAt: LATER });
    expect(hasWaited(next, new Date(after.getTime() + 72 * 3_600_000 - 1))).toBe(false); // the wave has all of its time after it
  });

  it('passes over a wave whose stations were all removed, and is done after the last', () => {
    expect(counted([wave(1, { succeeded: 1 }), wave(3, { pending: 1 })])).toMatchObject({ wave: 3, state: 'running' });
    expect(counted([wave(1, { succeeded: 1 }), wave(2, { skipped: 1 })])).toMatchObject({ state: 'done', wave: 3, endedAt: LATER });
    expect(counted([])).toMatchObject({ state: 'done' });
  });

  it('stops when more have failed than may, counted over all waves, before it is done', () => {
    expect(counted([wave(1, { failed: 1 }), wave(2, { failed: 1, pending: 3 })])).toMatchObject({ state: 'running', wave: 2 });
    expect(counted([wave(1, { failed: 2 }), wave(2, { failed: 1, pending: 3 })])).toMatchObject({ state: 'stopped' });
    expect(counted([wave(1, { failed: 3 })])).toMatchObject({ state: 'stopped', endedAt: null });
  });

  it('forgives what has failed when it is resumed after a stop, and nothing else', () => {
    const counts = [wave(1, { failed: 3, pending: 4 })];
    const again = resumed({ ...CAMPAIGN, state: 'stopped' }, counts, LATER) as Campaign;
    expect(again).toMatchObject({ state: 'running', forgiven: 3, waveAt: LATER });
    expect(counted([wave(1, { failed: 5, pending: 2 })], again)).toMatchObject({ state: 'running' });
    expect(counted([wave(1, { failed: 6, pending: 1 })], again)).toMatchObject({ state: 'stopped' });
    expect(resumed({ ...CAMPAIGN, state: 'paused' }, [wave(1, { failed: 2 })], LATER)).toMatchObject({ state: 'running', forgiven: 0 });
  });

  it('does nothing while it does not run', () => {
    for (const state of ['paused', 'stopped', 'done', 'cancelled'] as const) {
      const still = { ...CAMPAIGN, state };
      expect(counted([wave(1, { failed: 9 })], still)).toBe(still);
    }
  });

  it.each([
    ['running', true, false, true],
    ['paused', false, true, true],
    ['stopped', false, true, true],
    ['done', false, false, false],
    ['cancelled', false, false, false],
  ] as const)('that is %s: pause %s, resume %s, cancel %s', (state, ...may) => {
    const campaign = { ...CAMPAIGN, state };
    expect([paused(campaign), resumed(campaign, [], LATER), cancelled(campaign, LATER)].map((after) => after !== null)).toEqual(may);
  });
});
