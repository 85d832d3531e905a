import { randomUUID } from 'node:crypto';
import { endedCommand } from '../../testing/fake-commands';
import { passwordCampaignsMigration } from '../store/migrations/0392-password-campaigns';
import { NOT_SENT, OLD, forCampaigns } from '../testing/for-campaigns';
import { PASSWORD } from '../testing/works';

const at = forCampaigns();
const { shown, last, end } = at;

describe('a replacement of the password', () => {
  const replace = () => at.stations.create({}, PASSWORD.campaign);
  const hashesOf = async (station: string) =>
    (
      await at.service.database.query<{ hashes: string[] }[]>(
        'SELECT key_hashes AS hashes FROM device_config.stations WHERE station = $1',
        [station],
      )
    )[0]?.hashes.length;

  it('is made for stations that have a password and have connected, and do not prove themselves by a certificate', async () => {
    await at.stations.add(['has'], OLD);
    await at.stations.add(['has-none'], { ...OLD, passwords: [] });
    await at.stations.add(['certified'], { ...OLD, usedProfile: 3 });
    await at.stations.add(['new'], { protocol: null });
    expect(await shown(await replace())).toEqual(['has pending null']);
  });

  it('has succeeded when the station comes by the new password, and no row of the campaign has a secret', async () => {
    await at.stations.add(['a'], OLD);
    const campaign = await replace();
    await at.stations.look();
    const { value } = last().payload as { value: string };
    const rows = await at.service.database.query(
      `SELECT c.*, m.* FROM device_config.campaigns c JOIN device_config.campaign_stations m ON m.campaign = c.id`,
    );
    expect([value.length > 40, JSON.stringify(rows).includes(value)]).toEqual([true, false]);
    expect(await at.stations.process.rotations.find({ tenant: 'default', station: 'a' })).toMatchObject({
      campaign,
      actor: `campaign:${campaign}`,
      sealed: value,
    });
    await end({ response: { status: 'Accepted' } });
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['a started null']);
    await at.stations.connectWithNewPassword(last());
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['a succeeded null']);
  });

  it('has failed while it is unconfirmed, and succeeded when the station comes by the new password all the same', async () => {
    await at.stations.add(['a'], OLD);
    const campaign = await replace();
    await at.stations.look();
    await end({ status: 'unknown' });
    await at.stations.look();
    expect([await shown(campaign), await hashesOf('a')]).toEqual([['a failed unconfirmed'], 4]);
    await at.stations.connectWithNewPassword(last());
    await at.stations.look();
    expect([await shown(campaign), await hashesOf('a')]).toEqual([['a succeeded null'], 3]);
  });

  it('has failed where the station refuses, whose password stays, and is skipped where an operator decides or sets another', async () => {
    await at.stations.add(['a', 'b', 'c'], OLD);
    const campaign = await replace();
    await at.stations.look();
    for (const request of at.stations.sent)
      if (request.station === 'a')
        await at.stations.process.rotations.onEnded(endedCommand({ ...request, response: { status: 'Rejected' } }));
    for (const request of at.stations.sent)
      if (request.station === 'b') await at.stations.process.rotations.onEnded(endedCommand({ ...request, ...NOT_SENT }));
    await at.stations.process.rotations.decide({ tenant: 'default', station: 'b' }, 'old');
    await at.service.stations.put({ tenant: 'default', station: 'c' }, { password: 'another password' });
    await at.stations.look();
    await at.stations.look();
    expect(await shown(campaign)).toEqual(['a failed refused', 'b skipped operator', 'c skipped superseded']);
    expect(await hashesOf('a')).toBe(1);
  });

  it('is left to whoever looks after one that is unconfirmed already, and waits for one that is under way', async () => {
    await at.stations.add(['a', 'b'], OLD);
    await at.stations.process.rotations.start({ tenant: 'default', station: 'a' }, { actor: 'me' });
    await end({ status: 'unknown' });
    await at.stations.process.rotations.start({ tenant: 'default', station: 'b' }, { actor: 'me' });
    const campaign = await replace();
    await at.stations.process.rollout.sweep();
    expect(await shown(campaign)).toEqual(['a skipped unconfirmed', 'b pending null']);
  });

  it.each([
    ['pause', 'a pending null'],
    ['cancel', 'a skipped cancelled'],
  ] as const)('is not sent after a %s, and the new password is not accepted any more', async (action, expected) => {
    await at.stations.add(['a'], OLD);
    const campaign = await replace();
    await at.stations.look();
    await end(NOT_SENT);
    expect(await hashesOf('a')).toBe(4);
    await at.stations.process.campaigns[action]('default', campaign);
    await at.stations.process.rollout.sweep();
    await at.stations.look(2);
    await at.stations.look();
    expect([at.stations.sent.length, await shown(campaign), await hashesOf('a')]).toEqual([1, [expected], 1]);
  });

  it('is over where the station went before it was sent, and begun anew when it is back', async () => {
    await at.stations.add(['a'], OLD);
    const campaign = await replace();
    await at.stations.look();
    await end(NOT_SENT);
    await at.stations.setOnline('a', false);
    await at.stations.look(6);
    await at.stations.look();
    expect([await shown(campaign), await hashesOf('a')]).toEqual([['a pending null'], 1]);
    await at.stations.setOnline('a', true);
    await at.stations.look(3);
    expect([at.stations.sent.length, await shown(campaign)]).toEqual([2, ['a started null']]);
  });

  it('of a campaign of an earlier version goes on, paused, with what has come of its stations', async () => {
    await at.stations.add(['done', 'gone', 'next', 'refused', 'under-way'], OLD);
    const [id, rotation] = [randomUUID(), randomUUID()];
    await at.service.database.query(
      `INSERT INTO device_config.password_campaigns (tenant, id, state, station_groups, stations_per_hour, max_failures, actor, created_at)
     VALUES ('default', $1, 'running', '{berlin}', 2, 3, 'key-1', '2026-01-02T00:00:00Z')`,
      [id],
    );
    await at.service.database.query(
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
    await at.service.database.query(
      `INSERT INTO device_config.password_rotations (tenant, station, id, state, actor, campaign, started_at, sent_at, command, published, sealed)
     VALUES ('default', 'under-way', $1, 'sent', 'key-1', $2, now(), now(), $1, true, 'sealed')`,
      [rotation, id],
    );
    await at.service.database.query(`UPDATE device_config.stations SET rotation_id = $1 WHERE station = 'under-way'`, [rotation]);
    await at.service.database.query(passwordCampaignsMigration.sql);
    const { campaign, waves } = await at.stations.process.campaigns.report('default', id);
    expect(campaign).toMatchObject({
      kind: 'password',
      state: 'paused',
      createdBy: 'key-1',
      name: 'Passwords, as of 2026-01-02',
      approval: null,
    });
    expect(campaign.plan).toMatchObject({ filter: { groups: ['berlin'] }, jitterSeconds: 1_800, maxFailures: 2, waveHours: 72 });
    expect(waves).toMatchObject([{ pending: 1, started: 1, succeeded: 1, failed: 2, skipped: 0 }]);
    expect(await at.service.database.query('SELECT state, reason FROM device_config.password_campaigns WHERE id = $1', [id])).toEqual([
      { state: 'stopped', reason: 'it goes on as a campaign' },
    ]);
    await at.stations.connectWithNewPassword({ tenant: 'default', station: 'under-way' });
    await at.stations.look();
    expect((await shown(id)).at(-1)).toBe('under-way succeeded null');
    await at.stations.process.campaigns.resume('default', id);
    await at.stations.look(9);
    expect(at.stations.sent).toEqual([]);
    await at.stations.look(2);
    expect(at.stations.sent.map(({ station }) => station)).toEqual(['next']);
  });
});
