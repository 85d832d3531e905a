import { MAX_OPEN, MAX_STATIONS, POSTPONE_MS } from './limits';
import { noUses } from '../testing/start-service';
import { Campaigns } from './campaigns';
import { forCampaigns } from './testing/for-campaigns';
import { processOf } from './testing/rolled-out-stations';

const at = forCampaigns();

/** Each once: what is not answered is sent again. */
const asked = () => [...new Set(at.stations.sent.map(({ station }) => station))].sort();
const reportOf = (id: string) => at.stations.process.campaigns.report('default', id);
const stateOf = async (id: string) => (await reportOf(id)).campaign.state;

describe('the stations of a campaign', () => {
  it('are those that its filter chooses and the image is for, once', async () => {
    await at.stations.add(['a-1', 'a-2']);
    await at.stations.add(['b-1'], { vendor: 'Other' });
    const id = await at.stations.create({ filter: { vendors: ['ACME'], models: [], firmwareVersions: ['1.*'], groups: [] } });
    await at.stations.add(['a-3']);
    expect((await at.stations.stationsOf(id)).map(({ station }) => station)).toEqual(['a-1', 'a-2']);
  });

  it('are none that run the image already', async () => {
    await at.stations.add(['a-1']);
    await at.stations.boot({ tenant: 'default', station: 'a-1' });
    await expect(at.stations.create()).rejects.toMatchObject({ code: 'invalid' });
  });

  it('are no more than a campaign may have', async () => {
    const many = Array.from({ length: MAX_STATIONS + 1 }, (_, nth) => ({
      station: `${nth}`,
      vendor: null,
      model: null,
      firmware: null,
      group: null,
    }));
    const campaigns = new Campaigns({
      store: { stations: () => Promise.resolve(many) } as never,
      kinds: { firmware: { isFor: () => true } } as never,
      ...{ telemetry: null as never, now: at.stations.now, random: Math.random },
      ...{ rule: at.stations.rule, makersOf: async () => [] },
    });
    const plan = { filter: { vendors: [], models: [], firmwareVersions: [], groups: [] }, waves: [] } as never;
    await expect(
      campaigns.create('default', { name: 'n', kind: 'firmware', work: {}, plan, createdBy: 's', paused: false, needsApproval: false }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });
});

it('leaves out a station that was deleted, and a later one of its name', async () => {
  await at.stations.add(['a-1', 'a-2', 'a-3']);
  const id = await at.stations.create({}, { paused: true });
  for (const station of ['a-1', 'a-2']) await at.service.stations.remove({ tenant: 'default', station }, () => undefined, noUses);
  await at.stations.add(['a-1']);
  await at.stations.process.campaigns.resume('default', id);
  await at.stations.look();
  expect(asked()).toEqual(['a-3']);
  await at.stations.carryOut(at.stations.sent[0] as never, 'succeed');
  for (let looks = 0; looks < 3; looks++) await at.stations.look();
  expect(await stateOf(id)).toBe('done');
  expect((await at.stations.stationsOf(id)).map(({ station }) => station)).toEqual(['a-3']);
});

it('has so many campaigns that have not ended', async () => {
  await at.stations.add(['a-1']);
  const id = await at.stations.create({}, { paused: true });
  await at.service.database.query(
    `INSERT INTO device_config.campaigns SELECT gen_random_uuid(), tenant, name, kind, work, plan, created_by, created_at, state, wave, waves, wave_at, forgiven, ended_at, looked_at, approval
     FROM device_config.campaigns, generate_series(2, $1)`,
    [MAX_OPEN],
  );
  await expect(at.stations.create()).rejects.toMatchObject({ code: 'conflict' });
  await at.stations.process.campaigns.cancel('default', id);
  await at.stations.create();
});

describe('waves', () => {
  it('begin one after the other, and the campaign is done after the last', async () => {
    await at.stations.add(['a-1', 'a-2', 'a-3']);
    const id = await at.stations.create({ waves: [{ stations: 1 }] });
    await at.stations.look();
    expect(at.stations.sent).toHaveLength(1);
    await at.stations.look();
    expect(at.stations.sent).toHaveLength(1);
    await at.stations.carryOut(at.stations.sent[0] as never, 'succeed');
    await at.stations.look();
    await at.stations.look();
    expect(asked()).toEqual(['a-1', 'a-2', 'a-3']);
    for (const request of at.stations.sent.slice(1)) await at.stations.carryOut(request, 'succeed');
    await at.stations.look();
    await at.stations.look();
    expect(await stateOf(id)).toBe('done');
    expect((await reportOf(id)).waves.map(({ succeeded }) => succeeded)).toEqual([1, 2]);
  });

  it('begin after the rest, and have their whole jitter and time from then on', async () => {
    await at.stations.add(['a-1', 'a-2']);
    const id = await at.stations.create({ waves: [{ stations: 1 }], restHours: 2, waveHours: 1 });
    await at.stations.look();
    await at.stations.carryOut(at.stations.sent[0] as never, 'succeed');
    await at.stations.look(); // its boot is seen
    await at.stations.look(); // the rest begins
    await at.stations.look(119);
    expect([at.stations.sent.length, (await reportOf(id)).campaign.wave]).toEqual([1, 2]);
    await at.stations.look(1);
    expect(at.stations.sent).toHaveLength(2);
  });

  it('give up stations that cannot be asked for too long', async () => {
    await at.stations.add(['a-1'], { online: false });
    const id = await at.stations.create({ waveHours: 2 });
    await at.stations.look(119);
    expect(await stateOf(id)).toBe('running');
    await at.stations.look(2);
    expect(await stateOf(id)).toBe('done');
    expect(await at.stations.stationsOf(id)).toMatchObject([{ state: 'skipped', reason: 'not-reached', attempts: 0 }]);
  });

  it('have no more stations at work at once than they may', async () => {
    await at.stations.add(['a-1', 'a-2', 'a-3']);
    await at.stations.create({ atOnce: 2 });
    await Promise.all([at.stations.look(), at.stations.process.look()]);
    await at.stations.look();
    expect(at.stations.sent).toHaveLength(2);
    await at.stations.carryOut(at.stations.sent[0] as never, 'fail');
    await at.stations.look();
    expect(at.stations.sent).toHaveLength(3);
  });

  it('spread their stations over the jitter', async () => {
    await at.stations.add(Array.from({ length: 20 }, (_, nth) => `a-${nth}`));
    await at.stations.create({ jitterSeconds: 3_600 });
    await at.stations.look(30);
    expect(asked().length).toBeGreaterThan(2);
    expect(asked().length).toBeLessThan(18);
    await at.stations.look(31);
    expect(asked()).toHaveLength(20);
  });
});

it('asks stations in the window of their place, and the others by the time zone of the campaign', async () => {
  await at.stations.add(['berlin'], { timeZone: 'Europe/Berlin' });
  await at.stations.add(['kolkata'], { timeZone: 'Asia/Kolkata' });
  await at.stations.add(['nowhere']);
  at.stations.clock = Date.parse('2026-06-01T00:00:00Z');
  await at.stations.create({ window: { from: '01:00', to: '03:00' }, timeZone: 'America/New_York' });
  await at.stations.look(1); // 02:01 in Berlin, 05:31 in Kolkata, 20:01 in New York
  expect(asked()).toEqual(['berlin']);
  at.stations.clock = Date.parse('2026-06-01T05:00:00Z'); // 01:00 in New York
  await at.stations.look();
  expect(asked()).toEqual(['berlin', 'nowhere']);
  at.stations.clock = Date.parse('2026-06-01T20:00:00Z'); // 01:30 in Kolkata
  await at.stations.look();
  expect(asked()).toEqual(['berlin', 'kolkata', 'nowhere']);
});

it('stops by itself, goes on when it is resumed, and asks nobody meanwhile', async () => {
  await at.stations.add(['a-1', 'a-2', 'a-3']);
  const id = await at.stations.create({ atOnce: 1, maxFailures: 0 });
  await at.stations.look();
  await at.stations.carryOut(at.stations.sent[0] as never, 'fail');
  await at.stations.look();
  await at.stations.look();
  expect([await stateOf(id), at.stations.sent.length]).toEqual(['stopped', 1]);
  await at.stations.process.campaigns.resume('default', id);
  await at.stations.look();
  expect([await stateOf(id), at.stations.sent.length]).toEqual(['running', 2]);
});

it('takes a failure back that a later boot refutes', async () => {
  await at.stations.add(['a-1', 'a-2']);
  const id = await at.stations.create({ atOnce: 1 });
  await at.stations.look();
  const [first] = at.stations.sent;
  await at.stations.carryOut(first as never, 'fail');
  await at.stations.look();
  expect((await reportOf(id)).waves).toMatchObject([{ failed: 1 }]);
  at.stations.clock += 1_000;
  await at.stations.boot(first as never);
  await at.stations.look();
  await at.stations.look();
  expect((await reportOf(id)).waves).toMatchObject([{ failed: 0, succeeded: 1 }]);
});

describe('a station that never heard of its update', () => {
  it('is asked again, also hours later', async () => {
    await at.stations.add(['a-1']);
    const id = await at.stations.create();
    await at.stations.look();
    await at.stations.notDelivered(at.stations.sent[0] as never);
    await at.stations.setOnline('a-1', false);
    await at.stations.look(10);
    await at.stations.look();
    expect(await at.stations.stationsOf(id)).toMatchObject([{ state: 'pending', attempts: 1 }]);
    await at.stations.setOnline('a-1', true);
    await at.stations.look(POSTPONE_MS / 60_000 + 1);
    expect(at.stations.sent).toHaveLength(2);
    expect(at.stations.sent[1]?.payload).not.toEqual(at.stations.sent[0]?.payload);
    expect(await at.stations.stationsOf(id)).toMatchObject([{ state: 'started', attempts: 2 }]);
  });

  it.each([
    ['pause', { state: 'pending', reason: null }],
    ['cancel', { state: 'skipped', reason: 'cancelled' }],
  ] as const)('does not after a %s either', async (action, expected) => {
    await at.stations.add(['a-1']);
    const id = await at.stations.create();
    await at.stations.look();
    await at.stations.notDelivered(at.stations.sent[0] as never);
    await at.stations.process.campaigns[action]('default', id);
    await at.stations.process.rollout.sweep();
    await at.stations.look(20);
    expect([at.stations.sent.length, await at.stations.stationsOf(id)]).toMatchObject([1, [expected]]);
  });
});

it('leaves a station with another update alone until that has ended', async () => {
  await at.stations.add(['a-1']);
  const first = await at.stations.create();
  await at.stations.look();
  const second = await at.stations.create();
  await at.stations.look();
  expect([at.stations.sent.length, await at.stations.stationsOf(second)]).toMatchObject([1, [{ state: 'pending' }]]);
  await at.stations.carryOut(at.stations.sent[0] as never, 'succeed');
  await at.stations.look(5);
  await at.stations.look(5);
  expect([await stateOf(first), await at.stations.stationsOf(second)]).toMatchObject([
    'done',
    [{ state: 'skipped', reason: 'runs-already' }],
  ]);
});

it('goes on without a station that is removed', async () => {
  await at.stations.add(['a-1', 'a-2']);
  const id = await at.stations.create();
  await at.stations.look();
  await at.service.database.query(`DELETE FROM device_config.stations WHERE station = 'a-1'`);
  await at.stations.carryOut(at.stations.sent.find(({ station }) => station === 'a-2') as never, 'succeed');
  await at.stations.look();
  await at.stations.look();
  expect([await stateOf(id), (await at.stations.stationsOf(id)).length]).toEqual(['done', 1]);
});

describe('a campaign that must be approved', () => {
  beforeEach(() => Object.assign(at.stations.rule, { aboveStations: 1, hours: 72 }));
  afterEach(() => Object.assign(at.stations.rule, { aboveStations: null }));

  it('asks no station until a second person has approved it, of which one counts however many come at once', async () => {
    await at.stations.add(['a-1', 'a-2']);
    const id = await at.stations.create();
    await at.stations.look();
    await expect(at.stations.process.campaigns.resume('default', id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(at.stations.process.campaigns.approve('default', id, 'spec')).rejects.toMatchObject({ code: 'same-person' });
    await at.stations.look();
    expect([at.stations.sent.length, await stateOf(id)]).toEqual([0, 'awaiting-approval']);
    const others = [processOf(at.stations), processOf(at.stations), processOf(at.stations)];
    const outcomes = await Promise.allSettled(others.map(({ campaigns }, nth) => campaigns.approve('default', id, `key-${nth}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
    await at.stations.look();
    expect([at.stations.sent.length, await stateOf(id)]).toEqual([2, 'running']);
  });

  it('never begins once it was refused, or nobody approved it in time; its stations are skipped', async () => {
    await at.stations.add(['a-1', 'a-2']);
    const [refused, expired] = [await at.stations.create(), await at.stations.create()];
    await at.stations.process.campaigns.refuse('default', refused, 'key-2');
    await expect(at.stations.process.campaigns.approve('default', refused, 'key-3')).rejects.toMatchObject({ code: 'conflict' });
    await at.stations.look(72 * 60);
    await expect(at.stations.process.campaigns.approve('default', expired, 'key-3')).rejects.toMatchObject({ code: 'conflict' });
    expect([await stateOf(refused), await stateOf(expired), at.stations.sent.length]).toEqual(['refused', 'expired', 0]);
    for (const [id, reason] of [
      [refused, 'refused'],
      [expired, 'expired'],
    ] as const)
      expect((await at.stations.stationsOf(id)).map((one) => `${one.state} ${one.reason}`)).toEqual(Array(2).fill(`skipped ${reason}`));
  });

  it('is not approved late, though no look has ended it yet, nor by a key of the same hands', async () => {
    await at.stations.add(['a-1', 'a-2']);
    at.stations.makers.set('key-child', ['spec']);
    const id = await at.stations.create();
    await expect(at.stations.process.campaigns.approve('default', id, 'key-child')).rejects.toMatchObject({ code: 'same-person' });
    at.stations.clock += 72 * 3_600_000;
    await expect(at.stations.process.campaigns.approve('default', id, 'key-2')).rejects.toMatchObject({ code: 'conflict' });
  });
});
