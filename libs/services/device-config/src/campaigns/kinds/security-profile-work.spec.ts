import type { NetworkWish } from '../../security-profile-upgrade';
import { NOT_SENT, OLD, forCampaigns } from '../testing/for-campaigns';
import { SECURITY_PROFILE } from '../testing/works';

const at = forCampaigns();
const { shown, last, end } = at;

describe('a raise of the security profile', () => {
  const raise = (target: number, url: string | null = null, runHours = 48) => {
    const network = { url, interface: 'Wired0', messageTimeoutSeconds: 30 };
    return at.stations.create({}, { kind: 'security-profile', work: { ...SECURITY_PROFILE.campaign.work, target, network, runHours } });
  };

  it('leaves stations out that have the profile, and skips those that lack something for it, each with its reason', async () => {
    await at.stations.add(['has'], { ...OLD, usedProfile: 2 });
    await at.stations.add(['no-password'], { ...OLD, passwords: [] });
    await at.stations.add(['no-root'], OLD);
    await at.stations.add(['no-url'], { protocol: 'ocpp2.0.1' });
    const campaign = await raise(2);
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['no-password skipped no-password', 'no-root skipped no-root', 'no-url skipped needs-url']);
    expect(at.stations.sent).toEqual([]);
  });

  it('skips a station that has come with the profile by itself before its turn', async () => {
    await at.stations.add(['late'], { ...OLD, online: false });
    const campaign = await raise(1);
    await at.stations.look();
    await at.service.database.query(`UPDATE device_config.stations SET online = true, used_profile = 1 WHERE station = 'late'`);
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['late skipped has-profile']);
  });

  it('has failed where the station is taken back, and succeeded all the same when it comes with the profile later', async () => {
    await at.stations.add(['slow'], OLD);
    const campaign = await raise(1);
    await at.stations.look();
    await end({ response: { status: 'Accepted' } });
    await at.stations.look(14);
    expect(await shown(campaign)).toEqual(['slow started null']);
    await at.stations.look(2);
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['slow failed taken-back']);
    await at.stations.connect(last(), 1);
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['slow succeeded null']);
  });

  it('has failed as soon as a station of 2.x is to be taken back, though it has not answered that yet', async () => {
    await at.stations.add(['two'], { protocol: 'ocpp2.0.1' });
    const campaign = await raise(1, 'wss://csms.test/ocpp');
    await at.stations.look();
    await end({ response: { getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '1' }] } });
    await end({ response: { status: 'Accepted' } });
    await end({ response: { setVariableResult: [{ attributeStatus: 'Accepted' }] } });
    await end({ response: { status: 'Accepted' } });
    await at.stations.look(14);
    expect(await shown(campaign)).toEqual(['two started null']);
    await at.stations.look(2);
    await at.stations.process.rollout.sweep();
    expect([last().action, await shown(campaign)]).toEqual(['Reset', ['two failed taken-back']]);
  });

  it('has failed where the station does not come back at all, or refuses', async () => {
    await at.stations.add(['gone'], OLD);
    const campaign = await raise(1);
    await at.stations.look();
    await end({ response: { status: 'Accepted' } });
    await at.stations.setOnline('gone', false);
    await at.stations.look(16);
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['gone failed unconfirmed']);
    await at.stations.add(['refuses'], OLD);
    const second = await raise(1);
    await at.stations.look();
    await end({ response: { status: 'Rejected' } });
    await at.stations.look();
    expect(await shown(second)).toContain('refuses failed refused');
  });

  it('is over where the station went before it was sent anything, which is asked again later', async () => {
    await at.stations.add(['away'], OLD);
    const campaign = await raise(1);
    await at.stations.look();
    await end(NOT_SENT);
    await at.stations.setOnline('away', false);
    await at.stations.look(6);
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['away pending null']);
    await at.stations.setOnline('away', true);
    await at.stations.look(3);
    expect([at.stations.sent.length, await shown(campaign)]).toEqual([2, ['away started null']]);
  });

  it.each([
    ['pause', 'away pending null'],
    ['cancel', 'away skipped cancelled'],
  ] as const)('is not sent after a %s', async (action, expected) => {
    await at.stations.add(['away'], OLD);
    const campaign = await raise(1);
    await at.stations.look();
    await end(NOT_SENT);
    await at.stations.process.campaigns[action]('default', campaign);
    await at.stations.process.rollout.sweep();
    await at.stations.look(2);
    await at.stations.look(3);
    expect([at.stations.sent.length, await shown(campaign)]).toEqual([1, [expected]]);
  });

  it('goes on at a station that has taken a step, also after a pause', async () => {
    await at.stations.add(['two'], { protocol: 'ocpp2.0.1' });
    const campaign = await raise(1, 'wss://csms.test/ocpp');
    await at.stations.look();
    await at.stations.process.campaigns.pause('default', campaign);
    await at.stations.process.rollout.sweep();
    await end({ response: { getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '1' }] } });
    expect(at.stations.sent.map(({ action }) => action)).toEqual(['GetVariables', 'SetNetworkProfile']);
  });

  it('leaves a station alone whose profile is being raised by somebody else', async () => {
    await at.stations.add(['busy'], OLD);
    await at.stations.process.upgrades.start(
      { tenant: 'default', station: 'busy' },
      { ...(SECURITY_PROFILE.campaign.work as unknown as { network: NetworkWish }), target: 1, actor: 'me' },
    );
    const campaign = await raise(1);
    await at.stations.process.rollout.sweep();
    expect(await shown(campaign)).toEqual(['busy pending null']);
  });

  it('has failed after its hours where the station never comes to an end', async () => {
    await at.stations.add(['half'], { protocol: 'ocpp2.0.1' });
    const campaign = await raise(1, 'wss://csms.test/ocpp', 12);
    await at.stations.look();
    await end({ response: { getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '1' }] } });
    await end({ response: { status: 'Accepted' } });
    await end({ response: { setVariableResult: [{ attributeStatus: 'Accepted' }] } });
    await end(NOT_SENT);
    await at.stations.setOnline('half', false);
    await at.stations.look(11 * 60);
    expect(await shown(campaign)).toEqual(['half started null']);
    await at.stations.look(60);
    expect(await shown(campaign)).toEqual(['half failed timed-out']);
  });
});
