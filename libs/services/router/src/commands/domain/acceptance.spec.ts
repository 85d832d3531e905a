import { isRepeat } from './acceptance';
import { newCommand } from './command';

const requested = newCommand({
  ...{ id: '7b1b1a5e-6f3c-4e0e-9d53-1f3f0b1c2d3e', ref: { tenant: 'acme', station: 'CS-1' }, action: 'Reset', payload: {} },
  ...{ priority: 1, requestedBy: 'key', ttlSeconds: 0, createdAt: new Date(0) },
});

it.each([
  ['the same pepper', { fingerprint: 'new', otherFingerprints: ['old'] }, 'new', true],
  ['the pepper before', { fingerprint: 'new', otherFingerprints: ['old'] }, 'old', true],
  ['another payload', { fingerprint: 'new', otherFingerprints: ['old'] }, 'strange', false],
  ['a payload without secrets', { fingerprint: 'new', otherFingerprints: ['old'] }, null, false],
  ['no secrets in either', { fingerprint: null }, null, true],
])('tells a repeat by the fingerprint of its secrets: %s', (_case, now, stored, same) => {
  expect(isRepeat({ ...requested, ...now }, { ...requested, fingerprint: stored })).toBe(same);
});
