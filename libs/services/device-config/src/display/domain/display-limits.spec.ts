import { beyondDisplay, beyondVersion, membersIn, type DisplayLimits } from './display-limits';
import type { Content, Message } from './display-message';

const content = (more: Partial<Content> = {}): Content => ({ format: 'UTF8', language: null, content: 'Welcome', ...more });
const message = (more: Partial<Message> = {}): Message => ({
  contents: [content()],
  ...{ priority: 'NormalCycle', state: null, startsAt: null, endsAt: null, ocppTransactionId: null },
  ...more,
});
const NOTHING: DisplayLimits = { formats: null, priorities: null, states: null, languages: null, messages: null };

it.each<[string, Partial<Message>, string]>([
  ['a second language', { contents: [content(), content({ language: 'de' })] }, '/contents/1'],
  ['a QR code', { contents: [content({ format: 'QRCODE' })] }, '/contents/0/format'],
  ['513 characters', { contents: [content({ content: 'x'.repeat(513) })] }, '/contents/0/content'],
  ['a state of 2.1', { state: 'Discharging' }, '/state'],
])('2.0.1 has no %s, 2.1 has', (_what, more, path) => {
  expect(beyondVersion('ocpp2.0.1', message(more))).toMatchObject({ path });
  expect(beyondVersion('ocpp2.1', message(more))).toBeNull();
});

it.each<[string, Partial<Message>, Partial<DisplayLimits>, string | null]>([
  ['O01.FR.04', { contents: [content({ format: 'HTML' })] }, { formats: ['ASCII', 'utf8'] }, '/contents/0/format'],
  ['O01.FR.04', {}, { formats: ['ASCII', 'utf8'] }, null],
  ['O01.FR.02', { priority: 'AlwaysFront' }, { priorities: ['NormalCycle'] }, '/priority'],
  ['O01.FR.03', { state: 'Faulted' }, { states: ['Idle', 'Charging'] }, '/state'],
  ['O01.FR.18', { contents: [content({ language: 'fr' })] }, { languages: ['en', 'de'] }, '/contents/0/language'],
  ['O01.FR.18', { contents: [content({ language: 'EN' })] }, { languages: ['en', 'de'] }, null],
  ['O01.FR.19', { contents: [content(), content({ language: 'de' })] }, { formats: ['UTF8'] }, '/contents/1'],
  ['O02.FR.11', {}, { messages: 3 }, ''],
  ['O02.FR.11', {}, { messages: 4 }, null],
  ['a station that has told nothing', { priority: 'AlwaysFront', contents: [content(), content()] }, {}, null],
])('%s: %j at a display of %j is refused at %s', (_requirement, more, limits, path) => {
  expect(beyondDisplay(message(more), { ...NOTHING, ...limits }, 3)?.path ?? null).toBe(path);
});

it('reads lists as stations write them', () => {
  expect(membersIn('ASCII, UTF8,')).toEqual(['ASCII', 'UTF8']);
  expect(membersIn(' ')).toBeNull();
  expect(membersIn(null)).toBeNull();
});
