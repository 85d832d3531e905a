import { randomUUID } from 'node:crypto';
import type { CommandRequest } from '@voltbus/contracts';
import type { NetworkWish } from '../../security-profile-upgrade';
import { endedCommand } from '../../testing/fake-commands';
import { startService, type ServiceFixture } from '../../testing/start-service';
import { passwordCampaignsMigration } from '../store/migrations/0392-password-campaigns';
import { processOf, RolledOutStations } from '../testing/rolled-out-stations';
import { CERTIFICATE, CONFIGURATION, PASSWORD, SECURITY_PROFILE } from '../testing/works';

let service: ServiceFixture;
let stations: RolledOutStations;
beforeAll(async () => {
  service = await startService();
  stations = new RolledOutStations(service);
});
afterAll(() => service?.close());
beforeEach(() => stations.clear());

const OLD = { protocol: 'ocpp1.6' } as const;
const shown = async (campaign: string) =>
  (await stations.stationsOf(campaign)).map(({ station, state, reason }) => `${station} ${state} ${reason}`);
/** The last command. */
const last = (): CommandRequest => {
  const command = stations.sent.at(-1);
  if (command === undefined) throw new Error('nothing was sent');
  return command;
};
/** How the last command has ended. */
async function end(outcome: object): Promise<void> {
  const command = endedCommand({ ...last(), ...outcome });
  await stations.process.upgrades.onEnded(command);
  await stations.process.rotations.onEnded(command);
  await stations.process.settings.onEnded(command);
  await stations.process.renewals.onEnded(command);
}
const NOT_SENT = { status: 'offline', sentAt: null } as const;

describe('a raise of the security profile', () => {
  const raise = (target: number, url: string | null = null, runHours = 48) => {
    const network = { url, interface: 'Wired0', messageTimeoutSeconds: 30 };
    return stations.create({}, { kind: 'security-profile', work: { ...SECURITY_PROFILE.campaign.work, target, network, runHours } });
  };

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
    await end({ response: { status: 'Accepted' } });
    await stations.look(14);
    expect(await shown(campaign)).toEqual(['slow started null']);
    await stations.look(2);
    await stations.look();
    expect(await shown(campaign)).toEqual(['slow failed taken-back']);
    await stations.connect(last(), 1);
    await stations.look();
    expect(await shown(campaign)).toEqual(['slow succeeded null']);
  });

  it('has failed as soon as a station of 2.x is to be taken back, though it has not answered that yet', async () => {
    await stations.add(['two'], { protocol: 'ocpp2.0.1' });
    const campaign = await raise(1, 'wss://csms.test/ocpp');
    await stations.look();
    await end({ response: { getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '1' }] } });
    await end({ response: { status: 'Accepted' } });
    await end({ response: { setVariableResult: [{ attributeStatus: 'Accepted' }] } });
    await end({ response: { status: 'Accepted' } });
    await stations.look(14);
    expect(await shown(campaign)).toEqual(['two started null']);
    await stations.look(2);
    await stations.process.rollout.sweep();
    expect([last().action, await shown(campaign)]).toEqual(['Reset', ['two failed taken-back']]);
  });

  it('has failed where the station does not come back at all, or refuses', async () => {
    await stations.add(['gone'], OLD);
    const campaign = await raise(1);
    await stations.look();
    await end({ response: { status: 'Accepted' } });
    await stations.setOnline('gone', false);
    await stations.look(16);
    await stations.look();
    expect(await shown(campaign)).toEqual(['gone failed unconfirmed']);
    await stations.add(['refuses'], OLD);
    const second = await raise(1);
    await stations.look();
    await end({ response: { status: 'Rejected' } });
    await stations.look();
    expect(await shown(second)).toContain('refuses failed refused');
  });

  it('is over where the station went before it was sent anything, which is asked again later', async () => {
    await stations.add(['away'], OLD);
    const campaign = await raise(1);
    await stations.look();
    await end(NOT_SENT);
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
    await end(NOT_SENT);
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
    await end({ response: { getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '1' }] } });
    expect(stations.sent.map(({ action }) => action)).toEqual(['GetVariables', 'SetNetworkProfile']);
  });

  it('leaves a station alone whose profile is being raised by somebody else', async () => {
    await stations.add(['busy'], OLD);
    await stations.process.upgrades.start(
      { tenant: 'default', station: 'busy' },
      { ...(SECURITY_PROFILE.campaign.work as unknown as { network: NetworkWish }), target: 1, actor: 'me' },
    );
    const campaign = await raise(1);
    await stations.process.rollout.sweep();
    expect(await shown(campaign)).toEqual(['busy pending null']);
  });

  it('has failed after its hours where the station never comes to an end', async () => {
    await stations.add(['half'], { protocol: 'ocpp2.0.1' });
    const campaign = await raise(1, 'wss://csms.test/ocpp', 12);
    await stations.look();
    await end({ response: { getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '1' }] } });
    await end({ response: { status: 'Accepted' } });
    await end({ response: { setVariableResult: [{ attributeStatus: 'Accepted' }] } });
    await end(NOT_SENT);
    await stations.setOnline('half', false);
    await stations.look(11 * 60);
    expect(await shown(campaign)).toEqual(['half started null']);
    await stations.look(60);
    expect(await shown(campaign)).toEqual(['half failed timed-out']);
  });
});

describe('a replacement of the password', () => {
  const replace = () => stations.create({}, PASSWORD.campaign);
  const hashesOf = async (station: string) =>
    (
      await service.database.query<{ hashes: string[] }[]>('SELECT key_hashes AS hashes FROM device_config.stations WHERE station = $1', [
        station,
      ])
    )[0]?.hashes.length;

  it('is made for stations that have a password and have connected, and do not prove themselves by a certificate', async () => {
    await stations.add(['has'], OLD);
    await stations.add(['has-none'], { ...OLD, passwords: [] });
    await stations.add(['certified'], { ...OLD, usedProfile: 3 });
    await stations.add(['new'], { protocol: null });
    expect(await shown(await replace())).toEqual(['has pending null']);
  });

  it('has succeeded when the station comes by the new password, and no row of the campaign has a secret', async () => {
    await stations.add(['a'], OLD);
    const campaign = await replace();
    await stations.look();
    const { value } = last().payload as { value: string };
    const rows = await service.database.query(
      `SELECT c.*, m.* FROM device_config.campaigns c JOIN device_config.campaign_stations m ON m.campaign = c.id`,
    );
    expect([value.length > 40, JSON.stringify(rows).includes(value)]).toEqual([true, false]);
    expect(await stations.process.rotations.find({ tenant: 'default', station: 'a' })).toMatchObject({
      campaign,
      actor: `campaign:${campaign}`,
      sealed: value,
    });
    await end({ response: { status: 'Accepted' } });
    await stations.look();
    expect(await shown(campaign)).toEqual(['a started null']);
    await stations.connectWithNewPassword(last());
    await stations.look();
    expect(await shown(campaign)).toEqual(['a succeeded null']);
  });

  it('has failed while it is unconfirmed, and succeeded when the station comes by the new password all the same', async () => {
    await stations.add(['a'], OLD);
    const campaign = await replace();
    await stations.look();
    await end({ status: 'unknown' });
    await stations.look();
    expect([await shown(campaign), await hashesOf('a')]).toEqual([['a failed unconfirmed'], 4]);
    await stations.connectWithNewPassword(last());
    await stations.look();
    expect([await shown(campaign), await hashesOf('a')]).toEqual([['a succeeded null'], 3]);
  });

  it('has failed where the station refuses, whose password stays, and is skipped where an operator decides or sets another', async () => {
    await stations.add(['a', 'b', 'c'], OLD);
    const campaign = await replace();
    await stations.look();
    for (const request of stations.sent)
      if (request.station === 'a') await stations.process.rotations.onEnded(endedCommand({ ...request, response: { status: 'Rejected' } }));
    for (const request of stations.sent)
      if (request.station === 'b') await stations.process.rotations.onEnded(endedCommand({ ...request, ...NOT_SENT }));
    await stations.process.rotations.decide({ tenant: 'default', station: 'b' }, 'old');
    await service.stations.put({ tenant: 'default', station: 'c' }, { password: 'another password' });
    await stations.look();
    await stations.look();
    expect(await shown(campaign)).toEqual(['a failed refused', 'b skipped operator', 'c skipped superseded']);
    expect(await hashesOf('a')).toBe(1);
  });

  it('is left to whoever looks after one that is unconfirmed already, and waits for one that is under way', async () => {
    await stations.add(['a', 'b'], OLD);
    await stations.process.rotations.start({ tenant: 'default', station: 'a' }, { actor: 'me' });
    await end({ status: 'unknown' });
    await stations.process.rotations.start({ tenant: 'default', station: 'b' }, { actor: 'me' });
    const campaign = await replace();
    await stations.process.rollout.sweep();
    expect(await shown(campaign)).toEqual(['a skipped unconfirmed', 'b pending null']);
  });

  it.each([
    ['pause', 'a pending null'],
    ['cancel', 'a skipped cancelled'],
  ] as const)('is not sent after a %s, and the new password is not accepted any more', async (action, expected) => {
    await stations.add(['a'], OLD);
    const campaign = await replace();
    await stations.look();
    await end(NOT_SENT);
    expect(await hashesOf('a')).toBe(4);
    await stations.process.campaigns[action]('default', campaign);
    await stations.process.rollout.sweep();
    await stations.look(2);
    await stations.look();
    expect([stations.sent.length, await shown(campaign), await hashesOf('a')]).toEqual([1, [expected], 1]);
  });

  it('is over where the station went before it was sent, and begun anew when it is back', async () => {
    await stations.add(['a'], OLD);
    const campaign = await replace();
    await stations.look();
    await end(NOT_SENT);
    await stations.setOnline('a', false);
    await stations.look(6);
    await stations.look();
    expect([await shown(campaign), await hashesOf('a')]).toEqual([['a pending null'], 1]);
    await stations.setOnline('a', true);
    await stations.look(3);
    expect([stations.sent.length, await shown(campaign)]).toEqual([2, ['a started null']]);
  });

  it('of a campaign of an earlier version goes on, paused, with what has come of its stations', async () => {
    await stations.add(['done', 'gone', 'next', 'refused', 'under-way'], OLD);
    const [id, rotation] = [randomUUID(), randomUUID()];
    await service.database.query(
      `INSERT INTO device_config.password_campaigns (tenant, id, state, station_groups, stations_per_hour, max_failures, actor, created_at)
     VALUES ('default', $1, 'running', '{berlin}', 2, 3, 'key-1', '2026-01-02T00:00:00Z')`,
      [id],
    );
    await service.database.query(
      `INSERT INTO device_config.password_campaign_stations (tenant, campaign, station, start_at, state)
     SELECT 'default', $1, station, now() + interval '10 minutes', state FROM json_to_recordset($2::json) AS s(station text, state text)`,
      [
        id,
        JSON.stringify([
          { station: 'done', state: 'done' },
          { station: 'gone', state: 'sent' },
          { station: 'next', state: null },
          { station: 'refused', state: 'refused' },
          { station: 'under-way', state: 'sent' },
        ]),
      ],
    );
    await service.database.query(
      `INSERT INTO device_config.password_rotations (tenant, station, id, state, actor, campaign, started_at, sent_at, command, published, sealed)
     VALUES ('default', 'under-way', $1, 'sent', 'key-1', $2, now(), now(), $1, true, 'sealed')`,
      [rotation, id],
    );
    await service.database.query(`UPDATE device_config.stations SET rotation_id = $1 WHERE station = 'under-way'`, [rotation]);
    await service.database.query(passwordCampaignsMigration.sql);
    const { campaign, waves } = await stations.process.campaigns.report('default', id);
    expect(campaign).toMatchObject({
      kind: 'password',
      state: 'paused',
      createdBy: 'key-1',
      name: 'Passwords, as of 2026-01-02',
      approval: null,
    });
    expect(campaign.plan).toMatchObject({ filter: { groups: ['berlin'] }, jitterSeconds: 1_800, maxFailures: 2, waveHours: 72 });
    expect(waves).toMatchObject([{ pending: 1, started: 1, succeeded: 1, failed: 2, skipped: 0 }]);
    expect(await service.database.query('SELECT state, reason FROM device_config.password_campaigns WHERE id = $1', [id])).toEqual([
      { state: 'stopped', reason: 'it goes on as a campaign' },
    ]);
    await stations.connectWithNewPassword({ tenant: 'default', station: 'under-way' });
    await stations.look();
    expect((await shown(id)).at(-1)).toBe('under-way succeeded null');
    await stations.process.campaigns.resume('default', id);
    await stations.look(9);
    expect(stations.sent).toEqual([]);
    await stations.look(2);
    expect(stations.sent.map(({ station }) => station)).toEqual(['next']);
  });
});

describe('a set of values', () => {
  const set = (values: readonly object[]) =>
    stations.create({}, { kind: 'configuration', work: { ...CONFIGURATION.campaign.work, values } });
  const value = (name: object, value_ = '1') => ({ ...name, attribute: 'Actual', value: value_ });
  const [HEARTBEAT, OWN, RETRIES] = [{ key: 'HeartbeatInterval' }, { key: 'AcmeLight' }, { component: 'TxCtrlr', variable: 'AcmeRetries' }];
  const resultsOf = async (campaign: string) => {
    const rows: { items: { result: string | null }[] }[] = await service.database.query(
      'SELECT items FROM device_config.campaign_settings WHERE campaign = $1',
      [campaign],
    );
    return rows[0]?.items.map(({ result }) => result);
  };
  /** The status of one of the values of a message. */
  const result = ({ payload }: CommandRequest, at: number, attributeStatus: string) => {
    const { component, variable } = (payload as { setVariableData: { component: object; variable: object }[] }).setVariableData[at] ?? {};
    return { component, variable, attributeStatus };
  };
  /** The keys or variables of each message. */
  const sent = () =>
    stations.sent.map(({ payload }) => {
      const { key, setVariableData } = payload as { key?: string; setVariableData?: { variable: { name: string } }[] };
      return key ?? setVariableData?.map(({ variable }) => variable.name);
    });

  it('goes to a station of 1.6 key by key, and has failed with the first one that it did not take', async () => {
    await stations.add(['old'], OLD);
    const campaign = await set([value(HEARTBEAT, '300'), value(OWN), value(RETRIES), value({ key: 'AcmeSound' })]);
    await stations.look();
    await end({ response: { status: 'Accepted' } });
    await end({ response: { status: 'NotSupported' } });
    await stations.look();
    expect(await shown(campaign)).toEqual(['old started null']);
    await end({ response: { status: 'RebootRequired' } });
    await end({ response: { status: 'Rejected' } }); // twice is once
    await stations.look();
    expect(await shown(campaign)).toEqual(['old failed not-supported']);
    expect(await resultsOf(campaign)).toEqual(['accepted', 'not-supported', 'unknown-variable', 'reboot-required']);
    expect(sent()).toEqual(['HeartbeatInterval', 'AcmeLight', 'AcmeSound']);
  });

  it('goes to a station of 2.x in messages of the size that it takes, and has succeeded where a reboot is left to do', async () => {
    await stations.add(['two']);
    const told = { component: 'DeviceDataCtrlr', variable: 'ItemsPerMessage', variableInstance: 'SetVariables', key: null };
    await service.deviceModel.model.observe(
      { tenant: 'default', station: 'two' },
      [{ name: { ...told, componentInstance: null, evse: null, connector: null }, attributes: [{ type: 'Actual', value: '2' }] }],
      { source: 'report', at: new Date() },
    );
    const campaign = await set([value(HEARTBEAT, '300'), value(RETRIES), value({ component: 'TxCtrlr', variable: 'AcmeLimit' })]);
    await stations.look();
    await end({ response: { setVariableResult: [result(last(), 1, 'RebootRequired'), result(last(), 0, 'Accepted')] } }); // in any order
    await end({ response: { setVariableResult: [result(last(), 0, 'Accepted')] } });
    await stations.look();
    expect(sent()).toEqual([['HeartbeatInterval', 'AcmeRetries'], ['AcmeLimit']]);
    expect([await shown(campaign), await resultsOf(campaign)]).toEqual([
      ['two succeeded reboot-required'],
      ['accepted', 'reboot-required', 'accepted'],
    ]);
    expect(stations.sent.map(({ action }) => action)).not.toContain('Reset');
  });

  it('has failed where the station leaves a value out of its answer, or answers with an error', async () => {
    await stations.add(['silent']);
    const first = await set([value(RETRIES)]);
    await stations.look();
    await end({ response: { setVariableResult: [] } });
    await stations.look();
    expect(await shown(first)).toEqual(['silent failed not-answered']);
    const second = await set([value(RETRIES)]);
    await stations.look();
    await end({ status: 'error', error: { code: 'NotSupported', description: '' } });
    await stations.look();
    expect(await shown(second)).toEqual(['silent failed not-supported']);
  });

  it('skips a station whose version has none of them', async () => {
    await stations.add(['old'], OLD);
    const campaign = await set([value(RETRIES)]);
    await stations.look();
    expect([await shown(campaign), stations.sent]).toEqual([['old skipped does-not-fit'], []]);
  });

  it('is tried three times at a station that does not answer, which then is sent no more', async () => {
    await stations.add(['mute'], OLD);
    const campaign = await set([value(HEARTBEAT, '300'), value(OWN)]);
    await stations.look();
    for (const minutes of [11, 21]) {
      await end({ status: 'unknown' });
      await stations.look(minutes);
    }
    await end({ status: 'unknown' });
    await stations.look(60);
    expect([sent(), await shown(campaign)]).toEqual([Array(3).fill('HeartbeatInterval'), ['mute failed not-answered']]);
    expect(await resultsOf(campaign)).toEqual(['not-answered', 'not-sent']);
  });

  it('is begun anew where the station went before it was sent anything, and not sent after a pause', async () => {
    await stations.add(['away'], OLD);
    const campaign = await set([value(HEARTBEAT, '300')]);
    await stations.look();
    await end(NOT_SENT);
    await stations.setOnline('away', false);
    await stations.look(6);
    await stations.look();
    expect(await shown(campaign)).toEqual(['away pending null']);
    await stations.setOnline('away', true);
    await stations.look(3);
    await end(NOT_SENT);
    await stations.process.campaigns.pause('default', campaign);
    await stations.process.rollout.sweep();
    await stations.look(2);
    expect([sent().length, await shown(campaign)]).toEqual([2, ['away pending null']]);
  });

  it('is over after its hours at a station that went half-way', async () => {
    await stations.add(['half'], OLD);
    const campaign = await set([value(HEARTBEAT, '300'), value(OWN)]);
    await stations.look();
    await end({ response: { status: 'Accepted' } });
    await end(NOT_SENT);
    await stations.setOnline('half', false);
    await stations.look(23 * 60);
    expect(await shown(campaign)).toEqual(['half started null']);
    await stations.look(60);
    await stations.look();
    expect([await shown(campaign), await resultsOf(campaign)]).toEqual([['half failed not-sent'], ['accepted', 'not-sent']]);
  });

  it('waits for another campaign at the station, and sends what a process left unsent under the same id', async () => {
    await stations.add(['busy'], OLD);
    await set([value(HEARTBEAT, '300')]);
    const process = processOf(stations);
    await process.rollout.sweep();
    const second = await set([value(OWN)]);
    await process.rollout.sweep();
    expect([sent(), await shown(second)]).toEqual([['HeartbeatInterval'], ['busy pending null']]);
    await service.database.query('UPDATE device_config.campaign_settings SET published = false');
    await stations.look();
    expect(new Set(stations.sent.map(({ id }) => id)).size).toBe(1);
    expect(stations.sent).toHaveLength(2);
  });
});

describe('a new certificate', () => {
  const renew = (kind = 'ChargingStationCertificate') =>
    stations.create({}, { kind: 'certificate', work: { ...CERTIFICATE.campaign.work, certificate: kind } });
  const setOrganization = (organization: string | null) =>
    service.database.query('UPDATE device_config.tenants SET certificate_organization = $1', [organization]);
  beforeAll(() => setOrganization('ACME'));
  afterAll(() => setOrganization(null));

  it('has succeeded when the station has taken it, not when it has only accepted to ask', async () => {
    await stations.add(['two']);
    const campaign = await renew();
    await stations.look();
    expect(stations.sent).toMatchObject([{ action: 'TriggerMessage', payload: { requestedMessage: 'SignChargingStationCertificate' } }]);
    await end({ response: { status: 'Accepted' } });
    await stations.look();
    expect(await shown(campaign)).toEqual(['two started null']);
    await stations.takeCertificate(last());
    await stations.look();
    expect(await shown(campaign)).toEqual(['two succeeded null']);
  });

  it('has failed where the station rejects what it got, and succeeded when it takes a later one', async () => {
    await stations.add(['two']);
    await stations.rejectCertificate({ tenant: 'default', station: 'two' }); // before the campaign: of no account
    stations.clock += 1_000;
    const campaign = await renew();
    await stations.look();
    await end({ response: { status: 'Accepted' } });
    await stations.process.rollout.sweep();
    expect(await shown(campaign)).toEqual(['two started null']);
    await stations.rejectCertificate(last());
    await stations.look();
    expect(await shown(campaign)).toEqual(['two failed rejected']);
    await stations.takeCertificate(last());
    await stations.look();
    expect(await shown(campaign)).toEqual(['two succeeded null']);
  });

  it('has failed where the station does not take one within the hours, or refuses to ask too often', async () => {
    await stations.add(['slow']);
    const campaign = await renew();
    await stations.look();
    await end({ response: { status: 'Accepted' } });
    await stations.look(23 * 60);
    expect(await shown(campaign)).toEqual(['slow started null']);
    await stations.look(60);
    expect(await shown(campaign)).toEqual(['slow failed timed-out']);
    await stations.clear();
    await stations.add(['refuses']);
    const second = await stations.create({}, { kind: 'certificate', work: { certificate: 'ChargingStationCertificate', runHours: 168 } });
    for (let nth = 0; nth < 5; nth++) {
      await stations.look(24 * 60);
      await end({ response: { status: 'Rejected' } });
    }
    await stations.look();
    expect(await shown(second)).toEqual(['refuses failed given-up']);
  });

  it('is not for a version that has no such certificate, nor for a tenant that names no organization', async () => {
    await stations.add(['old'], OLD);
    await stations.add(['two']);
    const campaign = await renew('V2G20Certificate');
    await stations.look();
    expect(await shown(campaign)).toEqual(['old skipped does-not-fit', 'two skipped does-not-fit']);
    await setOrganization(null);
    const second = await renew();
    await stations.look();
    await setOrganization('ACME');
    expect(await shown(second)).toEqual(['old skipped no-organization', 'two skipped no-organization']);
    expect(stations.sent).toEqual([]);
  });

  it.each([
    ['pause', 'away pending null'],
    ['cancel', 'away skipped cancelled'],
  ] as const)('is not asked for after a %s, and the renewal gives no reason against a later one', async (action, expected) => {
    await stations.add(['away']);
    await service.database.query(
      `INSERT INTO device_config.certificate_renewals (tenant, station, kind, state, tries, published, actor, expires_at, started_at, ended_at)
       VALUES ('default', 'away', 'ChargingStationCertificate', 'given-up', 5, true, 'expiry', now() + interval '1 day', now(), now())`,
    );
    const campaign = await renew();
    await stations.look();
    await end(NOT_SENT);
    await stations.process.campaigns[action]('default', campaign);
    await stations.process.rollout.sweep();
    await stations.look(2);
    await stations.look();
    expect([stations.sent.length, await shown(campaign)]).toEqual([1, [expected]]);
    expect(await service.database.query('SELECT state, expires_at FROM device_config.certificate_renewals')).toEqual([
      { state: 'expired', expires_at: null },
    ]);
  });

  it('is asked for anew when the station is back, and takes the place of a renewal that waits for its time, not of one under way', async () => {
    await stations.add(['away', 'asked', 'expiring']);
    const start = (station: string) => stations.process.renewals.start({ tenant: 'default', station }, 'ChargingStationCertificate', 'me');
    await start('asked');
    await service.database.query(`UPDATE device_config.stations SET online = false WHERE station = 'expiring'`);
    await start('expiring');
    await stations.setOnline('expiring', true);
    stations.sent.length = 0;
    const campaign = await renew();
    await stations.process.rollout.sweep();
    expect(await shown(campaign)).toEqual(['asked pending null', 'away started null', 'expiring started null']);
    const away = stations.sent.find(({ station }) => station === 'away');
    await stations.process.renewals.onEnded(endedCommand({ ...(away ?? last()), ...NOT_SENT }));
    await stations.setOnline('away', false);
    await stations.look(6);
    await stations.look();
    expect(await shown(campaign)).toContain('away pending null');
    await stations.setOnline('away', true);
    await stations.look(3);
    expect(stations.sent.filter(({ station }) => station === 'away')).toHaveLength(2);
  });
});
