import type { CommandOutcome } from '@voltbus/contracts';
import {
  afterAbsence,
  afterClear,
  afterReport,
  afterSet,
  differs,
  takesRoom,
  type DisplayMessage,
  type DisplayState,
  type Message,
} from './display-message';

const AT = new Date('2026-11-30T12:00:00Z');
const LATER = new Date('2026-11-30T13:00:00Z');
const TEXT: Message = {
  contents: [{ format: 'UTF8', language: null, content: 'Welcome' }],
  ...{ priority: 'NormalCycle', state: null, startsAt: null, endsAt: null, ocppTransactionId: null },
};
const message = (more: Partial<DisplayMessage> = {}): DisplayMessage => ({
  ...{ id: 7, state: 'requested', wanted: TEXT, reported: null, reportedAt: null, answer: null, command: null, changedAt: AT },
  ...more,
});
const answered = (text: string): CommandOutcome => ({ kind: 'answered', text });

it.each<[DisplayState, CommandOutcome, DisplayState]>([
  ['requested', answered('Accepted'), 'set'],
  ['requested', answered('NotSupportedPriority'), 'refused'],
  ['requested', answered('LanguageNotSupported'), 'refused'],
  ['requested', { kind: 'error', text: 'NotImplemented' }, 'refused'],
  ['requested', { kind: 'no-delivery', text: 'offline' }, 'refused'],
  ['requested', { kind: 'unknown', text: 'unknown' }, 'requested'],
  ['missing', answered('Accepted'), 'set'],
  ['clearing', answered('Accepted'), 'clearing'],
])('O01, O02: one that is %s and set with the outcome %j is %s', (state, outcome, expected) => {
  expect(afterSet(message({ state }), outcome, LATER)).toMatchObject({ state: expected, answer: outcome.text });
});

it.each<[CommandOutcome, DisplayState]>([
  [answered('Accepted'), 'cleared'],
  [answered('Unknown'), 'cleared'],
  [answered('Rejected'), 'set'],
  [{ kind: 'no-delivery', text: 'offline' }, 'set'],
])('O05: one that is to be cleared, with the outcome %j, is %s', (outcome, expected) => {
  expect(afterClear(message({ state: 'clearing' }), outcome, LATER)).toMatchObject({ state: expected });
});

describe('the list of a station', () => {
  const reported = { ...TEXT, contents: [{ format: 'UTF8', language: null, content: 'Else' }] } as const;
  const report = (before: DisplayMessage | null) => afterReport(before, { id: 7, reported, at: LATER });

  it('O03 has messages that were not set here, and shows what it has in place of ours', () => {
    expect(report(null)).toMatchObject({ state: 'foreign', wanted: null, reported });
    expect(report(message({ state: 'set' }))).toMatchObject({ state: 'set' });
    expect(differs(report(message({ state: 'set' })))).toBe(true);
    expect(report(message({ state: 'missing' }))).toMatchObject({ state: 'set' });
  });

  it('settles a message whose outcome is unknown, and not one that is still to be answered', () => {
    expect(report(message({ answer: 'unknown' }))).toMatchObject({ state: 'set' });
    expect(report(message())).toMatchObject({ state: 'requested' });
  });

  it('says of what is not on it that it is missing, unless it was set after the list was asked for', () => {
    const absent = (state: DisplayState, changedAt = AT) => afterAbsence(message({ state, changedAt }), { askedAt: AT, at: LATER }).state;
    expect(absent('set')).toBe('missing');
    expect(absent('foreign')).toBe('cleared');
    expect(absent('clearing')).toBe('cleared');
    expect(absent('refused')).toBe('refused');
    expect(absent('set', LATER)).toBe('set');
  });
});

it('takes room while the station has it, or may, and its end has not passed', () => {
  const at = LATER.getTime();
  expect(takesRoom(message(), at)).toBe(true);
  expect(takesRoom(message({ state: 'missing' }), at)).toBe(false);
  expect(takesRoom(message({ state: 'set', wanted: { ...TEXT, endsAt: AT.toISOString() } }), at)).toBe(false);
});

it('is the same in another zone', () => {
  const until = (endsAt: string): Message => ({ ...TEXT, endsAt });
  expect(differs({ wanted: until('2026-11-30T12:00:00.000Z'), reported: until('2026-11-30T13:00:00+01:00') })).toBe(false);
});
