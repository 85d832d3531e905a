import type { CommandOutcome, ReservationState } from '@voltbus/contracts';
import { reservationOf } from '../testing/reservation-of';
import { afterCancel, afterExpiry, afterReserve, afterUpdate, isLive } from './reservation';

const EXPIRES = Date.parse('2026-11-30T12:00:00Z');
const AT = EXPIRES - 3_600_000;
const answered = (text: string): CommandOutcome => ({ kind: 'answered', text });
const stateAfter = (changed: { state: ReservationState } | null): ReservationState | null => changed?.state ?? null;

it.each<[ReservationState, string | null, CommandOutcome, ReservationState | null]>([
  ['requested', null, answered('Accepted'), 'reserved'],
  ['requested', null, answered('Occupied'), 'refused'],
  ['requested', null, answered('Faulted'), 'refused'],
  ['requested', null, { kind: 'error', text: 'NotImplemented' }, 'refused'],
  ['requested', null, { kind: 'no-delivery', text: 'offline' }, 'refused'],
  ['requested', null, { kind: 'unknown', text: 'unknown' }, 'requested'],
  ['requested', 'unknown', { kind: 'no-delivery', text: 'offline' }, 'requested'],
  ['requested', 'unknown', answered('Accepted'), 'reserved'],
  ['reserved', 'Accepted', answered('Accepted'), 'reserved'],
  ['reserved', 'Accepted', answered('Unavailable'), 'removed'],
  ['reserved', 'Accepted', { kind: 'error', text: 'InternalError' }, 'reserved'],
  ['reserved', 'Accepted', { kind: 'no-delivery', text: 'offline' }, 'reserved'],
  ['cancelling', null, answered('Accepted'), 'cancelling'],
  ['cancelling', null, answered('Rejected'), 'cancelled'],
  ['used', 'Accepted', answered('Occupied'), null],
  ['expired', null, answered('Accepted'), null],
])('H01: one that is %s (%s) and asked for with the outcome %j is %s', (state, answer, outcome, expected) => {
  const before = reservationOf({ state, answer, endedAt: isLive({ state }) ? null : '2026-11-30T10:00:00.000Z' });
  expect(stateAfter(afterReserve(before, outcome, AT))).toBe(expected);
});

it('is asked for again where nobody knows whether its station has it', () => {
  const before = reservationOf({ state: 'requested', createdAt: new Date(AT - 40_000).toISOString() });
  expect(afterReserve(before, { kind: 'unknown', text: 'unknown' }, AT)?.dueAt).toBe(new Date(AT + 10_000).toISOString());
  expect(afterReserve(before, answered('Accepted'), AT)?.dueAt).toBeNull();
});

it.each<CommandOutcome>([
  answered('Accepted'),
  { kind: 'unknown', text: 'unknown' },
  { kind: 'no-delivery', text: 'offline' },
  { kind: 'error', text: 'InternalError' },
])(
  'that is to be cancelled is cancelled when its station is back, also where the outcome %j of an earlier request comes meanwhile',
  (outcome) => {
    const dueAt = new Date(AT + 60_000).toISOString();
    const before = reservationOf({ state: 'cancelling', answer: 'Accepted', cancellation: 'offline', dueAt });
    expect(afterReserve(before, outcome, AT)).toMatchObject({ state: 'cancelling', dueAt });
  },
);

it('H01, H02: a station that never answers is asked less and less often, some hundred times in seven days', () => {
  const created = AT - 3_600_000;
  const week = 7 * 86_400_000;
  for (const [state, ask] of [
    ['requested', afterReserve],
    ['cancelling', afterCancel],
  ] as const) {
    // prettier-ignore
    const asks: number[] = [];
    for (let at = created; at < created + week;) {
      asks.push(at);
      const after = ask(reservationOf({ state, createdAt: new Date(created).toISOString() }), { kind: 'unknown', text: 'unknown' }, at);
      at = Date.parse(after?.dueAt ?? '');
    }
    expect(asks.length).toBeLessThan(750);
    expect(asks.slice(0, 4)).toEqual([0, 5_000, 10_000, 15_000].map((ms) => created + ms));
  }
});

it.each<[ReservationState, CommandOutcome, ReservationState | null]>([
  ['cancelling', answered('Accepted'), 'cancelled'],
  ['cancelling', answered('Rejected'), 'cancelled'],
  ['cancelling', { kind: 'error', text: 'NotImplemented' }, 'reserved'],
  ['cancelling', { kind: 'no-delivery', text: 'offline' }, 'cancelling'],
  ['cancelling', { kind: 'unknown', text: 'unknown' }, 'cancelling'],
  ['reserved', answered('Accepted'), 'cancelled'],
  ['used', answered('Rejected'), null],
])('H02: one that is %s and cancelled with the outcome %j is %s', (state, outcome, expected) => {
  expect(stateAfter(afterCancel(reservationOf({ state, answer: 'Accepted' }), outcome, AT))).toBe(expected);
});

it.each<['Expired' | 'Removed' | 'NoTransaction', number, ReservationState]>([
  ['Expired', EXPIRES - 119_000, 'expired'],
  ['Expired', EXPIRES - 121_000, 'removed'],
  ['Expired', EXPIRES - 86_400_000, 'removed'],
  ['Removed', AT, 'removed'],
  ['NoTransaction', AT, 'no-transaction'],
])('H04, H03.FR.11: %s at %d is %s, so that a clock that is a day ahead makes no no-show', (status, at, expected) => {
  const before = reservationOf({ state: 'reserved', expiresAt: new Date(EXPIRES).toISOString() });
  expect(afterUpdate(before, status, { at, earlyMs: 120_000 })).toMatchObject({ state: expected, update: status });
});

it('expires at its time, not before; one that was never accepted was refused', () => {
  const expiresAt = new Date(EXPIRES).toISOString();
  const of = (state: ReservationState) => reservationOf({ state, expiresAt });
  expect(afterExpiry(of('reserved'), EXPIRES - 1)).toBeNull();
  expect(stateAfter(afterExpiry(of('reserved'), EXPIRES))).toBe('expired');
  expect(stateAfter(afterExpiry(of('requested'), EXPIRES))).toBe('refused');
  expect(stateAfter(afterExpiry(of('cancelling'), EXPIRES))).toBe('cancelled');
  expect(afterExpiry(of('used'), EXPIRES)).toBeNull();
});
