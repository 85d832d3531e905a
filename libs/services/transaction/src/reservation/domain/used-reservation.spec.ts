import { reservationOf } from '../testing/reservation-of';
import type { StoredReservation } from './reservation';
import { usedReservation, type UsingSession } from './used-reservation';

const identity = (text: string): string => text.toUpperCase();
const AT = Date.parse('2026-11-30T11:00:00Z');
const DAY_MS = 86_400_000;

const session: UsingSession = {
  ...{ transaction: 'tx', reservationId: null, token: 'TAG-1', group: null, accepted: true },
  ...{ evse: 1, startedAt: AT, receivedAt: AT, offline: false },
};
const use = (more: Partial<UsingSession>, ...known: StoredReservation[]) => {
  const { reservation, foreign } = usedReservation({ ...session, ...more }, known, identity);
  return foreign ? 'foreign' : (reservation?.idToken ?? null);
};

describe('a session whose station names a reservation', () => {
  const named = { reservationId: 4711 };

  it('H01.FR.15 uses it, also after its end was concluded, and by a clock that is a day off', () => {
    expect(use(named, reservationOf())).toBe('Tag-1');
    expect(use(named, reservationOf({ state: 'expired' }))).toBe('Tag-1');
    expect(use({ ...named, startedAt: AT - DAY_MS, receivedAt: AT + DAY_MS }, reservationOf({ state: 'removed' }))).toBe('Tag-1');
  });

  it('H03.FR.04 uses it with a token of its group', () => {
    expect(use({ ...named, token: 'OTHER', group: 'FLEET' }, reservationOf({ groupId: 'fleet' }))).toBe('Tag-1');
    expect(use({ ...named, token: 'OTHER', group: 'STRANGERS' }, reservationOf({ groupId: 'fleet' }))).toBe('foreign');
  });

  it('does not use one of somebody else, one that another session used, or one that the station refused', () => {
    expect(use({ ...named, token: 'OTHER' }, reservationOf())).toBe('foreign');
    expect(use(named, reservationOf({ state: 'used', transaction: 'another' }))).toBe('foreign');
    expect(use(named, reservationOf({ state: 'refused' }))).toBe('foreign');
  });

  it('waits for its token, and uses none that is not ours, even where its token has one', () => {
    expect(use({ ...named, token: null }, reservationOf())).toBeNull();
    expect(use({ reservationId: 99 }, reservationOf())).toBeNull();
  });

  it('uses it once: the same report again finds the same', () => {
    expect(use({ ...named, token: 'OTHER' }, reservationOf({ state: 'used', transaction: 'tx' }))).toBe('Tag-1');
  });
});

describe('a session whose station names none', () => {
  it.each([
    ['H03.FR.01', 'its token at its EVSE', {}, {}, 'Tag-1'],
    ['H03.FR.01', 'its token at another EVSE', { evse: 2 }, {}, null],
    ['H03.FR.02', 'its token at a type of connector', { evse: 2 }, { evse: null, connectorType: 'cCCS2' }, 'Tag-1'],
    ['H03.FR.03', 'its token at any EVSE', { evse: 2 }, { evse: null }, 'Tag-1'],
    ['H03.FR.06', 'its group at any EVSE', { token: 'X', group: 'G' }, { evse: null, groupId: 'g' }, 'Tag-1'],
    ['H03', 'another token', { token: 'X' }, {}, null],
    ['H03', 'a token that was refused', { accepted: false }, {}, null],
    ['H03', 'one that was cancelled', {}, { state: 'cancelled' as const }, null],
    ['H03', 'one that expired before it was heard of', { receivedAt: AT + DAY_MS }, { state: 'expired' as const }, 'Tag-1'],
    ['H03', 'a clock that is a day ahead', { startedAt: AT + DAY_MS }, {}, 'Tag-1'],
    ['H03', 'a clock that is a day behind', { startedAt: AT - DAY_MS }, {}, 'Tag-1'],
    ['H03', 'a session from before, sent late', { startedAt: AT - DAY_MS, offline: true }, {}, null],
    ['H03', 'a session after it', { startedAt: AT + DAY_MS, receivedAt: AT + DAY_MS }, { state: 'expired' as const }, null],
  ])('%s: %s', (_requirement, _what, about, reservation, expected) => {
    expect(use(about, reservationOf(reservation))).toBe(expected);
  });

  it('uses the one of its EVSE and own token, whatever the order in which they are kept', () => {
    const known = [
      reservationOf({ id: 'a', idToken: 'any', evse: null, groupId: 'G' }),
      reservationOf({ id: 'b', idToken: 'group', groupId: 'G' }),
      reservationOf({ id: 'c', idToken: 'TAG-1' }),
    ];
    for (const order of [known, [...known].reverse()]) expect(use({ group: 'G' }, ...order)).toBe('TAG-1');
    expect(use({ group: 'G' }, ...known.slice(0, 2))).toBe('group');
  });
});
