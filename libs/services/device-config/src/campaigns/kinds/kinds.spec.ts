import { endedCommand } from '../../testing/fake-commands';
import { startService, type ServiceFixture } from '../../testing/start-service';
import { RolledOutStations } from '../testing/rolled-out-stations';
import { SECURITY_PROFILE } from '../testing/works';

let service: ServiceFixture;
let stations: RolledOutStations;
beforeAll(async () => {
  service = await startService();
  stations = new RolledOutStations(service);
});
afterAll(() => service?.close());
beforeEach(() => stations.clear());

const OLD = { protocol: 'ocpp1.6' } as const;
const raise = (target: number, url: string | null = null) =>
  stations.create(
    {},
    {
      kind: 'security-profile',
      work: { ...SECURITY_PROFILE.campaign.work, target, network: { url, interface: 'Wired0', messageTimeoutSeconds: 30 } },
    },
  );
const shown = async (campaign: string) =>
  (await stations.stationsOf(campaign)).map(({ station, state, reason }) => `${station} ${state} ${reason}`);
const last = () => stations.sent.at(-1) as never;
const answer = (response: object) =>
  stations.process.upgrades.onEnded(endedCommand({ ...(last() as object as Parameters<typeof endedCommand>[0]), response }));

it('leaves stations out that have the profile, and skips those that lack something for it, each with its reason', async () => {
  await stations.add(['has'], { ...OLD, usedProfile: 2 });
  await stations.add(['no-password'], { ...OLD, passwords: [] });
  await stations.add(['no-root'], OLD);
  await stations.add(['no-url'], { protocol: 'ocpp2.0.1' });
  const campaign = await raise(2);
  await stations.look();
  expect(await shown(campaign)).toEqual(['no-password skipped no-password', 'no-root skipped no-root', 'no-url skipped needs-url']);
  expect(stations.sent).toEqual([]);
});

it('skips a station that has come with the profile by itself before its turn', async () => {
  await stations.add(['late'], { ...OLD, online: false });
  const campaign = await raise(1);
  await stations.look();
  await service.database.query(`UPDATE device_config.stations SET online = true, used_profile = 1 WHERE station = 'late'`);
  await stations.look();
  expect(await shown(campaign)).toEqual(['late skipped has-profile']);
});

it('has failed where the station is taken back, and succeeded all the same when it comes with the profile later', async () => {
  await stations.add(['slow'], OLD);
  const campaign = await raise(1);
  await stations.look();
  await answer({ status: 'Accepted' });
  await stations.look(14);
  expect(await shown(campaign)).toEqual(['slow started null']);
  await stations.look(2);
  await stations.look();
  expect(await shown(campaign)).toEqual(['slow failed taken-back']);
  await stations.connect(last(), 1);
  await stations.look();
  expect(await shown(campaign)).toEqual(['slow succeeded null']);
});

it('has failed where the station does not come back at all, or refuses', async () => {
  await stations.add(['gone'], OLD);
  const campaign = await raise(1);
  await stations.look();
  await answer({ status: 'Accepted' });
  await stations.setOnline('gone', false);
  await stations.look(16);
  await stations.look();
  expect(await shown(campaign)).toEqual(['gone failed unconfirmed']);
  await stations.add(['refuses'], OLD);
  const second = await raise(1);
  await stations.look();
  await answer({ status: 'Rejected' });
  await stations.look();
  expect(await shown(second)).toContain('refuses failed refused');
});

it('is over where the station went before it was sent anything, which is asked again later', async () => {
  await stations.add(['away'], OLD);
  const campaign = await raise(1);
  await stations.look();
  await stations.process.upgrades.onEnded(
    endedCommand({ ...(last() as object as Parameters<typeof endedCommand>[0]), status: 'offline', sentAt: null }),
  );
  await stations.setOnline('away', false);
  await stations.look(6);
  await stations.look();
  expect(await shown(campaign)).toEqual(['away pending null']);
  await stations.setOnline('away', true);
  await stations.look(3);
  expect([stations.sent.length, await shown(campaign)]).toEqual([2, ['away started null']]);
});

it.each([
  ['pause', 'away pending null'],
  ['cancel', 'away skipped cancelled'],
] as const)('is not sent after a %s', async (action, expected) => {
  await stations.add(['away'], OLD);
  const campaign = await raise(1);
  await stations.look();
  await stations.process.upgrades.onEnded(
    endedCommand({ ...(last() as object as Parameters<typeof endedCommand>[0]), status: 'offline', sentAt: null }),
  );
  await stations.process.campaigns[action]('default', campaign);
  await stations.process.rollout.sweep();
  await stations.look(2);
  await stations.look(3);
  expect([stations.sent.length, await shown(campaign)]).toEqual([1, [expected]]);
});

it('goes on at a station that has taken a step, also after a pause', async () => {
  await stations.add(['two'], { protocol: 'ocpp2.0.1' });
  const campaign = await raise(1, 'wss://csms.test/ocpp');
  await stations.look();
  await stations.process.campaigns.pause('default', campaign);
  await stations.process.rollout.sweep();
  await answer({ getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '1' }] });
  expect(stations.sent.map(({ action }) => action)).toEqual(['GetVariables', 'SetNetworkProfile']);
});

it('leaves a station alone whose profile is being raised by somebody else', async () => {
  await stations.add(['busy'], OLD);
  await stations.process.upgrades.start(
    { tenant: 'default', station: 'busy' },
    { ...(SECURITY_PROFILE.campaign.work as { network: never }), target: 1, actor: 'me' },
  );
  const campaign = await raise(1);
  await stations.process.rollout.sweep();
  expect(await shown(campaign)).toEqual(['busy pending null']);
});

it('has failed after its hours where the station never comes to an end', async () => {
  await stations.add(['half'], { protocol: 'ocpp2.0.1' });
  const campaign = await raise(1, 'wss://csms.test/ocpp');
  await stations.look();
  await answer({ getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '1' }] });
  await answer({ status: 'Accepted' });
  await answer({ setVariableResult: [{ attributeStatus: 'Accepted' }] });
  await stations.process.upgrades.onEnded(
    endedCommand({ ...(last() as object as Parameters<typeof endedCommand>[0]), status: 'offline', sentAt: null }),
  );
  await stations.setOnline('half', false);
  await stations.look(47 * 60);
  expect(await shown(campaign)).toEqual(['half started null']);
  await stations.look(60);
  expect(await shown(campaign)).toEqual(['half failed timed-out']);
});
