import type { Protocol } from '@voltbus/contracts';
import { freeSlot, orderIn } from '../upgrade-messages';
import { afterAttempt, afterConnection, cancelled, look, newUpgrade, type Outcome, type Upgrade } from './upgrade';
import { whyNotHigher, whyNotReady, type UpgradingStation } from './upgrading-station';

const NOW = new Date('2026-11-30T12:00:00Z');
const network = { url: 'wss://csms.test', interface: 'Wired0', messageTimeoutSeconds: 30 };
const begun = (protocol: Protocol = 'ocpp2.1'): Upgrade =>
  newUpgrade({ id: 'u', target: 2, network, actor: 'me', protocol, deliverBy: null }, NOW);
const READY: UpgradingStation = {
  ...{ protocol: 'ocpp2.1', online: true, usedProfile: 1, epoch: 7, reachedProfile: null },
  ...{ hasPassword: true, hasRoot: true, hasCertificate: true, hasOrganization: true },
};
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const sent = (upgrade: Upgrade, minutes = 0) => look({ ...upgrade, nextAt: NOW }, READY, later(minutes), 'c');
const ends = (upgrade: Upgrade, outcome: Outcome, reason: string | null = null) =>
  afterAttempt(upgrade, { outcome, reason, read: { order: '1', slot: 2 } }, NOW);
/** As far as the step is sent. */
function at(step: Upgrade['step']): Upgrade {
  let upgrade = sent(begun(step === 'change' ? 'ocpp1.6' : 'ocpp2.1'));
  while (upgrade.step !== step) upgrade = sent(ends(upgrade, 'accepted'));
  return upgrade;
}

it.each<[string, Partial<UpgradingStation>, 1 | 2 | 3, RegExp | null]>([
  ['A05.FR.02 a password for 1', { hasPassword: false, usedProfile: 0 }, 1, /no password/],
  ['A05.FR.02 a password for 2', { hasPassword: false }, 2, /no password/],
  ['A05.FR.02 a root for 2', { hasRoot: false }, 2, /no root/],
  ['A05.FR.02 a root for 3', { hasRoot: false }, 3, /no root/],
  ['A05.FR.03 a certificate for 3', { hasCertificate: false }, 3, /no valid certificate/],
  ['ADR 81 an organization for 3', { hasOrganization: false }, 3, /certificateOrganization/],
  ['no password for 3', { hasPassword: false }, 3, null],
  ['no root for 1', { hasRoot: false, usedProfile: 0 }, 1, null],
])('needs %s', (_, lacks, target, expected) => {
  const said = whyNotReady({ ...READY, ...lacks }, target);
  expect(said).toEqual(expected === null ? null : expect.stringMatching(expected));
});

it('A05.FR.10, 1.6 A05.FR.01: is never lower than the station has used, nor the same', () => {
  for (const [usedProfile, reachedProfile, target, higher] of [
    [1, null, 2, true],
    [2, 2, 2, false],
    [1, 3, 2, false],
    [3, 3, 2, false],
    [2, 2, 3, true],
  ] as const)
    expect(whyNotHigher({ ...READY, usedProfile, reachedProfile }, target) === null).toBe(higher);
  expect(whyNotHigher({ ...READY, usedProfile: null }, 2)).toMatch('never connected');
});

it('is not sent where the station has lost what it needs meanwhile, and is watched to its end where it was sent already', () => {
  expect(look(begun(), { ...READY, hasPassword: false }, NOW, 'c')).toMatchObject({
    state: 'refused',
    reason: expect.stringContaining('no password'),
  });
  const reset = { ...ends(at('order'), 'accepted') };
  expect(look(reset, { ...READY, hasPassword: false }, NOW, 'c')).toMatchObject({ state: 'sent', step: 'reset' });
});

it.each<[Upgrade['step'], Outcome, Partial<Upgrade>]>([
  ['change', 'accepted', { state: 'reconnecting', mayHaveIt: true, until: later(15) }],
  ['change', 'refused', { state: 'refused', mayHaveIt: false }],
  ['change', 'unknown', { state: 'reconnecting', mayHaveIt: true }],
  ['change', 'not-sent', { state: 'waiting', mayHaveIt: false, nextAt: later(1), tries: 0 }],
  ['read', 'accepted', { state: 'waiting', step: 'profile', slot: 2, order: '1' }],
  ['profile', 'refused', { state: 'refused', mayHaveIt: false }],
  ['profile', 'unknown', { state: 'waiting', tries: 1, nextAt: later(5), mayHaveIt: false }],
  ['order', 'refused', { state: 'refused', mayHaveIt: false }],
  ['order', 'unknown', { state: 'waiting', tries: 1, mayHaveIt: true }],
  ['reset', 'refused', { state: 'waiting', step: 'reset', tries: 1 }],
  ['reset', 'scheduled', { state: 'reconnecting', until: later(24 * 60) }],
  ['reset', 'unknown', { state: 'reconnecting', until: later(15) }],
])('%s, %s', (step, outcome, expected) => {
  expect(ends(at(step), outcome)).toMatchObject(expected);
});

it('is taken back where an attempt before may have been carried out, though the station refuses the next one', () => {
  const unsure = ends(at('order'), 'unknown');
  expect(ends(sent(unsure, 5), 'refused', 'no')).toMatchObject({ state: 'waiting', step: 'restore', mayHaveIt: true, reason: 'no' });
});

it('ends its attempts: nothing was changed, or it is taken back, or an operator decides', () => {
  const often = (upgrade: Upgrade, outcome: Outcome) => {
    let last = upgrade;
    for (let round = 0; round < 5; round++) last = ends(round === 0 ? last : sent(last, 100), outcome);
    return last;
  };
  expect(often(at('profile'), 'unknown')).toMatchObject({ state: 'refused', mayHaveIt: false });
  expect(often(at('order'), 'unknown')).toMatchObject({ state: 'waiting', step: 'restore', tries: 0 });
  expect(often(at('reset'), 'refused')).toMatchObject({ state: 'waiting', step: 'restore' });
  const restoring = sent(often(at('reset'), 'refused'));
  expect(often(restoring, 'unknown')).toMatchObject({ state: 'unconfirmed', endedAt: null });
  expect(ends(restoring, 'accepted')).toMatchObject({ state: 'taken-back', endedAt: NOW });
});

it('waits for the station no longer than it said: one that is there is taken back, one that is not is unconfirmed until it comes', () => {
  const waits = ends(at('reset'), 'accepted');
  expect(look(waits, READY, later(14), 'c')).toBe(waits);
  expect(look(waits, READY, later(15), 'c')).toMatchObject({ state: 'waiting', step: 'restore' });
  const lost = look(waits, { ...READY, online: false }, later(15), 'c');
  expect(lost).toMatchObject({ state: 'unconfirmed', nextAt: null });
  expect(afterConnection(lost, { profile: 1, epoch: 7 }, NOW)).toBe(lost); // the connection of before
  expect(afterConnection(lost, { profile: 1, epoch: 8 }, NOW)).toMatchObject({ state: 'waiting', step: 'restore' });
  expect(afterConnection(lost, { profile: 2, epoch: 8 }, NOW)).toMatchObject({ state: 'done' });
  const alone = look(ends(at('change'), 'accepted'), READY, later(15), 'c');
  expect(alone).toMatchObject({ state: 'taken-back' }); // 1.6 A05.FR.08
  expect(afterConnection(alone, { profile: 2, epoch: 9 }, NOW)).toMatchObject({ state: 'done' });
});

it('is cancelled at once where nothing was changed, and taken back where something may have been', () => {
  expect(cancelled(ends(at('read'), 'accepted'), NOW)).toMatchObject({ state: 'cancelled' });
  expect(cancelled(ends(at('order'), 'accepted'), NOW)).toMatchObject({ state: 'waiting', step: 'restore' });
});

it.each(['order', 'reset'] as const)(
  'is unconfirmed where the station went away before %s and stays away, so that an operator can end it',
  (step) => {
    const tried = step === 'order' ? ends(at('order'), 'unknown') : ends(at('order'), 'accepted');
    const restoring = cancelled(tried, NOW);
    for (const waits of [tried, restoring]) {
      const away = { ...READY, online: false };
      const due = waits.nextAt ?? NOW;
      const hours = (count: number) => new Date(due.getTime() + count * 3_600_000);
      expect(look(waits, away, hours(23), 'c')).toBe(waits);
      const left = look(waits, away, hours(24), 'c');
      expect(left).toMatchObject({ state: 'unconfirmed', nextAt: null, endedAt: null, mayHaveIt: true });
      expect(cancelled(left, NOW)).toMatchObject({ state: 'cancelled', endedAt: NOW });
      expect(afterConnection(left, { profile: 1, epoch: 8 }, NOW)).toMatchObject({ state: 'waiting', step: 'restore' });
      expect(look(waits, READY, hours(24), 'c')).toMatchObject({ state: 'sent' });
    }
  },
);

it('expires where the station never comes', () => {
  expect(look(begun(), { ...READY, online: false }, later(30 * 24 * 60), 'c')).toMatchObject({ state: 'expired' });
});

it.each<[unknown, string | null, number | null]>([
  ['1', '1,2,3', 2],
  ['2, 1', null, 3],
  ['0', null, 1],
  ['1', '1', null],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9].join(), null, null],
  ['1', 'a,\ud800,5', 5],
])('B09 chooses a slot that is not in use: of %j, named %j, %s', (order, named, expected) => {
  expect(freeSlot(String(order), named)).toBe(expected);
});

it.each([
  null,
  'x',
  {},
  { getVariableResult: [] },
  { getVariableResult: [{}] },
  ...['', 'a', '1,,2', '9'.repeat(10), '1,'.repeat(200)].map(answer),
])('takes %j for no order of slots', (response) => expect(orderIn(response)).toBeNull());

function answer(attributeValue: string): object {
  return { getVariableResult: [{ attributeStatus: 'Accepted', attributeValue }] };
}
