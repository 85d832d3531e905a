import { policyChange } from './policy-change';
import type { Policy } from './station';

const policy: Policy = {
  unknownStations: 'refuse',
  minSecurityProfile: 1,
  certificateOrganization: null,
  keepMessagesHours: 24,
  showCost: false,
};

it.each([
  ['nothing', {}, false],
  ['how long the message log is kept', { keepMessagesHours: 12 }, false],
  ['whether there is a message log', { keepMessagesHours: 0 }, true],
  ['whether stations show costs (I02)', { showCost: true }, true],
  ['what happens to unknown stations', { unknownStations: 'register' }, true],
  ['the least security profile', { minSecurityProfile: 2 }, true],
  ['whose certificates prove its stations', { certificateOrganization: 'ACME' }, true],
] as const)('after a change of %s cached profiles are out of date or not', (_, change, outdated) => {
  expect(policyChange(policy, { ...policy, ...change }).profilesOutdated).toBe(outdated);
});

it('a higher least profile spares stations that demanded as much themselves', () => {
  const { raised } = policyChange(policy, { ...policy, minSecurityProfile: 2 });
  expect([...new Set(raised.map(({ own }) => own))]).toEqual([null, 0, 1]);
});

it('A00.FR.201 spares stations with a password when the tenant begins to demand one of all', () => {
  const { raised } = policyChange({ ...policy, minSecurityProfile: 0 }, policy);
  expect(raised).toEqual([null, 0].map((own) => ({ own, hasPassword: false })));
});

it('a lower least profile raises none', () => {
  expect(policyChange(policy, { ...policy, minSecurityProfile: 0 }).raised).toEqual([]);
});
