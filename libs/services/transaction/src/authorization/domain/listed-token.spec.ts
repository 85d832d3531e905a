import { sameListEntry, type ListedToken } from './listed-token';

const EXPIRES = '2026-01-01T00:00:00Z';
const TOKEN: ListedToken = {
  ...{ idToken: 'ANN', type: 'ISO14443', status: 'Accepted', groupId: 'fleet', expiresAt: new Date(EXPIRES), credit: null },
  allowedAt: [{ station: 'CS-1', evses: [1, 2] }],
};

it.each<[string, Partial<ListedToken>]>([
  ['the same once more', {}],
  ['the same instant as another object', { expiresAt: new Date(EXPIRES) }],
  ['the same place, with what is left out named as such', { allowedAt: [{ evses: [1, 2], group: undefined, station: 'CS-1' }] }],
])('%s changes no local list', (_, change) => expect(sameListEntry(TOKEN, { ...TOKEN, ...change })).toBe(true));

it.each<Partial<ListedToken>>([
  { idToken: 'ann' },
  { type: 'eMAID' },
  { status: 'Blocked' },
  { groupId: null },
  { expiresAt: null },
  { expiresAt: new Date('2026-01-01T00:00:00.001Z') },
  { allowedAt: [] },
  { allowedAt: [{ station: 'CS-1', evses: [1] }] },
  { credit: '0' },
])('%j changes the local lists that hold the token', (change) => expect(sameListEntry(TOKEN, { ...TOKEN, ...change })).toBe(false));

it('C17: what a prepaid token has left changes no local list', () =>
  expect(sameListEntry({ ...TOKEN, credit: '1' }, { ...TOKEN, credit: '2' })).toBe(true));
