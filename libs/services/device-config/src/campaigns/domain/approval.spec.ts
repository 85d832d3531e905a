import { approved, awaiting, refused, unlessExpired, whyApproved, whyNotDecidedBy, type ApprovalRule, type Person } from './approval';
import { cancelled, isOver, paused, resumed, advanced, type ApprovalReason, type Campaign } from './campaign';

const AT = new Date('2026-06-01T00:00:00Z');
const hours = (count: number): Date => new Date(AT.getTime() + count * 3_600_000);
const rule: ApprovalRule = { aboveStations: 10, always: new Set(), hours: 72 };
const person = (actor: string, ...makers: string[]): Person => ({ actor, makers });
const creator = person('key-1', 'key-0');
const MADE: Campaign = {
  ...{ id: 'c', tenant: 'default', name: 'n', kind: 'firmware', work: {}, createdBy: creator.actor, createdAt: AT, state: 'running' },
  ...{ wave: 1, waves: 1, waveAt: AT, forgiven: 0, endedAt: null, approval: null },
  plan: {
    filter: { vendors: [], models: [], firmwareVersions: [], groups: [] },
    ...{ waves: [], window: null, timeZone: 'UTC', jitterSeconds: 0, atOnce: 10, maxFailures: 2, waveHours: 72 },
  },
};
const WAITING = awaiting(MADE, 'stations', { rule, creator });

it.each<[Campaign['kind'], number | null, ApprovalReason[], number, boolean, string | null]>([
  ['firmware', 10, [], 10, false, null],
  ['firmware', 10, [], 11, false, 'stations'],
  ['firmware', 0, [], 1, false, 'stations'],
  ['firmware', null, [], 100_000, false, null],
  ['firmware', null, ['firmware'], 1, false, 'firmware'],
  ['firmware', null, ['security-profile'], 1, false, null],
  ['firmware', 10, [], 1, true, 'asked-for'],
  ['security-profile', 10, ['security-profile'], 11, true, 'security-profile'],
  ['security-profile', 10, ['firmware'], 11, false, 'stations'],
  ['security-profile', null, ['firmware'], 11, false, null],
])(
  'a %s campaign, above %s stations or always for %j, for %i stations needs an approval, wanted %s: %s',
  (kind, aboveStations, always, stations, isAskedFor, reason) => {
    const given = { ...rule, aboveStations, always: new Set(always) } as ApprovalRule;
    expect(whyApproved(given, { kind, stations, isAskedFor })).toBe(reason);
  },
);

it('is as it was made where it needs none', () => {
  expect(awaiting(MADE, null, { rule, creator })).toBe(MADE);
});

describe('a campaign that waits for a second person', () => {
  it('neither goes on nor is paused or resumed, and can be cancelled', () => {
    expect(WAITING).toMatchObject({ state: 'awaiting-approval', approval: { until: hours(72).toISOString(), decidedBy: null } });
    expect(advanced(WAITING, [], hours(1))).toBe(WAITING);
    expect([paused(WAITING), resumed(WAITING, [], hours(1))]).toEqual([null, null]);
    expect(cancelled(WAITING, hours(1))).toMatchObject({ state: 'cancelled' });
  });

  it.each<[string, Person, string | null]>([
    ['whoever made it', creator, 'same-person'],
    ['the same by a key of other makers', person('key-1'), 'same-person'],
    ['a key that made theirs', person('key-0'), 'same-person'],
    ['a key that theirs made', person('key-2', 'key-1', 'key-0'), 'same-person'],
    ['another key of the same maker', person('key-3', 'key-0'), null],
    ['another key', person('key-9'), null],
    ['the administrator', person('administrator'), null],
    ['the subject of a token', person('idp:anna'), null],
  ])('is decided by %s: %s', (_who, by, whyNot) => {
    expect(whyNotDecidedBy(WAITING, by, hours(1))).toBe(whyNot);
  });

  it('begins when it is approved, as it was to begin, and keeps who did it', () => {
    const other = person('key-9');
    const kept = { decidedBy: 'key-9', decidedAt: hours(5).toISOString() };
    expect(approved(WAITING, other, hours(5))).toMatchObject({ state: 'running', waveAt: hours(5), approval: kept });
    const asPaused = awaiting({ ...MADE, state: 'paused' }, 'stations', { rule, creator });
    expect(approved(asPaused, other, hours(5))).toMatchObject({ state: 'paused' });
    expect(refused(WAITING, other, hours(5))).toMatchObject({ state: 'refused', endedAt: hours(5), approval: kept });
  });

  it('is decided once, and never after its time', () => {
    const other = person('key-9');
    for (const done of [approved(WAITING, other, hours(5)), refused(WAITING, other, hours(5)), cancelled(WAITING, hours(5))])
      expect(done === null ? null : whyNotDecidedBy(done, person('key-8'), hours(6))).toBe('not-awaiting');
    expect(whyNotDecidedBy(WAITING, other, hours(72))).toBe('too-late');
    expect(unlessExpired(WAITING, new Date(hours(72).getTime() - 1))).toBe(WAITING);
    const over = unlessExpired(WAITING, hours(72));
    expect([over.state, over.endedAt, isOver(over), isOver(refused(WAITING, other, hours(5)))]).toEqual(['expired', hours(72), true, true]);
    expect(unlessExpired(approved(WAITING, other, hours(5)), hours(100))).toMatchObject({ state: 'running' });
  });
});
