import { CsmsError } from '@voltbus/contracts';
import { replacement } from './replacement';

const defaults = { status: 'Accepted', group: null, places: [] as string[], colour: 'red' };
const rules = { defaults, guarded: ['status', 'group', 'places'] as const };

it('gives a new resource the defaults of what is left out', () => {
  expect(replacement(null, { status: 'Blocked' }, rules)).toEqual({ ...defaults, status: 'Blocked' });
});

it('treats an undefined member as left out', () => {
  expect(replacement(null, { status: undefined }, rules)).toEqual(defaults);
});

it('refuses to lose the value of a guarded member, and names each one with its value', () => {
  const before = { ...defaults, status: 'Blocked', places: ['A'], colour: 'blue' };
  const lose = () => replacement(before, { group: null }, rules);
  expect(lose).toThrow(CsmsError);
  expect(lose).toThrow(/^\/status: must be given: it is "Blocked", .*; \/places: must be given: it is \["A"\]/);
});

it('replaces everything when each guarded member is given or has its default', () => {
  expect(replacement({ ...defaults, status: 'Blocked', colour: 'blue' }, { status: 'Accepted' }, rules)).toEqual(defaults);
});
