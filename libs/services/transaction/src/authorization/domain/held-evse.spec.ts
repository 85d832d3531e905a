import { isHeldByAnother, type OtherSession } from './held-evse';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const session: OtherSession = {
  tokenStatus: 'Blocked',
  tokenExpiresAt: null,
  tokenGroup: 'FLEET',
  masterPassGroup: 'MASTER',
  severalEvses: false,
};

it.each<[string, Partial<OtherSession>, string | null, boolean]>([
  ['holds the only EVSE while its own token is blocked', {}, null, true],
  ['holds it too when its own token has expired', { tokenStatus: 'Accepted', tokenExpiresAt: NOW }, null, true],
  ['is no obstacle while its own token is good', { tokenStatus: 'Accepted', tokenExpiresAt: NOW + 1 }, null, false],
  ['may be ended by a token of its group, in any case of letters', {}, 'fleet', false],
  ['may be ended by the master pass group', {}, 'Master', false],
  ['holds it for a token of another group', {}, 'OTHERS', true],
  ['holds it where neither token has a group', { tokenGroup: null, masterPassGroup: null }, null, true],
  ['is no obstacle at a station that was seen with a second EVSE', { severalEvses: true }, null, false],
])('C01.FR.24 a session of another token %s', (_title, more, groupId, held) => {
  expect(isHeldByAnother([{ ...session, ...more }], groupId, NOW)).toBe(held);
});
